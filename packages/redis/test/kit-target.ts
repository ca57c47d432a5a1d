import { randomUUID } from 'node:crypto'
import type { TaskQueue } from '@taskspace/core/backend'
import { MemoryTaskQueue } from '@taskspace/memory'
import type { TaskQueueTarget } from '@taskspace/testing/kit'
import { RedisTaskQueue } from '../src/redis-task-queue.ts'

/** Fresh namespaces on a server, as the kit needs them. */
export function kitTarget(url: string): TaskQueueTarget {
  const open = async (namespace: string): Promise<TaskQueue> => {
    const queue = new RedisTaskQueue({ url, namespace })
    await queue.open()
    return queue
  }
  return { create: () => open(randomUUID()), reopen: (queue) => open(queue.namespace), pipelines: true }
}

/** The reference with which Redis is compared. */
export const memory = {
  name: 'memory',
  create: async (): Promise<TaskQueue> => {
    const queue = new MemoryTaskQueue({ url: `memory:${randomUUID()}` })
    await queue.open()
    return queue
  },
}
