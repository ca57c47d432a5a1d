import { randomUUID } from 'node:crypto'
import type { TaskQueue } from '@taskspace/core/backend'
import { createTaskQueue } from '@taskspace/memory'
import type { TaskQueueTarget } from '../../src/kit.ts'

async function openQueue(namespace: string): Promise<TaskQueue> {
  const queue = createTaskQueue('memory:', { namespace })
  await queue.open()
  return queue
}

/** The memory backend, as the kit sees it. */
export const memory = {
  create: () => openQueue(randomUUID()),
  reopen: (queue) => openQueue(queue.namespace),
  pipelines: true,
} satisfies TaskQueueTarget

/** The memory backend behind something else. */
export function behind(wrap: (queue: TaskQueue) => TaskQueue, patienceMs?: number): TaskQueueTarget {
  const target = {
    create: async () => wrap(await memory.create()),
    reopen: async (queue: TaskQueue) => wrap(await memory.reopen(queue)),
    pipelines: true,
  }
  return patienceMs === undefined ? target : { ...target, patienceMs }
}
