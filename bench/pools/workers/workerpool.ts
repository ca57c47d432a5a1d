import workerpool from 'workerpool'
import { compute, echo } from '../work.ts'

workerpool.worker({ echo, compute })
