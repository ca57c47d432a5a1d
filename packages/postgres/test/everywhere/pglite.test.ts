import { randomUUID } from 'node:crypto'
import type { TaskQueueTarget } from '@taskspace/testing/kit'
import { afterAll, beforeAll } from 'vitest'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { describeKit } from './describe-kit.ts'

const url = `pglite://memory/${randomUUID()}`
let keeper: PostgresTaskQueue

// It goes with its last user.
beforeAll(async () => {
  keeper = await opened('keeper')
})
afterAll(() => keeper.close())

const target: TaskQueueTarget = {
  create: () => opened(randomUUID()),
  reopen: (queue) => opened(queue.namespace),
}

async function opened(namespace: string): Promise<PostgresTaskQueue> {
  const queue = new PostgresTaskQueue({ url, namespace })
  await queue.open()
  return queue
}

describeKit('PGlite', target)
