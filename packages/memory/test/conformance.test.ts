import { describeTaskQueue } from '@taskspace/testing/kit'
import { memoryTarget } from './memory-target.ts'

describeTaskQueue('memory', memoryTarget)
