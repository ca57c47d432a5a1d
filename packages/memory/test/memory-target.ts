import { randomUUID } from 'node:crypto'
import type { TaskQueueTarget } from '@taskspace/testing/kit'
import { MemoryTaskQueue } from '../src/index.ts'

/** The memory backend, for the kit. */
export const memoryTarget: TaskQueueTarget = {
  create: () => opened(randomUUID()),
  reopen: (queue) => opened(queue.namespace),
  pipelines: true,
}

async function opened(namespace: string): Promise<MemoryTaskQueue> {
  const queue = new MemoryTaskQueue({ namespace })
  await queue.open()
  return queue
}
