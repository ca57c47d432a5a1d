import { describeTaskQueueProperties } from '@taskspace/testing/kit'
import { memoryTarget } from './memory-target.ts'

describeTaskQueueProperties('memory', memoryTarget)
