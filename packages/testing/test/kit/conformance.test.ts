import { describeTaskQueue, FaultyQueue, HintlessQueue } from '../../src/kit.ts'
import { behind, memory } from './memory-target.ts'

describeTaskQueue('the memory backend', memory)

describeTaskQueue(
  'a backend whose wake-ups are all lost',
  behind((queue) => new HintlessQueue(queue)),
)

describeTaskQueue(
  'a backend behind a network without faults',
  behind((queue) => new FaultyQueue(queue)),
)
