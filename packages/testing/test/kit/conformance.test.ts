import { describeTaskQueue, FaultyQueue, HintlessQueue } from '../../src/kit.ts'
import { behind } from './memory-target.ts'

describeTaskQueue(
  'a backend whose wake-ups are all lost',
  behind((queue) => new HintlessQueue(queue)),
)

describeTaskQueue(
  'a backend behind a network without faults',
  behind((queue) => new FaultyQueue(queue)),
)
