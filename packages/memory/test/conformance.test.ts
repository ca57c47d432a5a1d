import { randomUUID } from 'node:crypto'
import type { TaskQueue } from '@taskspace/core/backend'
import { describeTaskQueue } from '@taskspace/testing/kit'
import { MemoryTaskQueue } from '../src/index.ts'

describeTaskQueue('memory', {
  create: () => opened(randomUUID()),
  reopen: (queue) => opened(queue.namespace),
})

async function opened(namespace: string): Promise<TaskQueue> {
  const queue = new MemoryTaskQueue({ namespace })
  await queue.open()
  return queue
}
