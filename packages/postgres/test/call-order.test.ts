import { randomUUID } from 'node:crypto'
import { casesFor, runCase, TASK_QUEUE_GROUPS, type TaskQueueTarget } from '@taskspace/testing/kit'
import { beforeAll, describe, inject, it } from 'vitest'
import { migrate } from '../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'

const SCHEMA = 'call_order_tests'
const url = inject('postgresUrl')

beforeAll(() => migrate({ url, schema: SCHEMA }))

async function opened(namespace: string): Promise<PostgresTaskQueue> {
  const queue = new PostgresTaskQueue({ url, schema: SCHEMA, namespace, connections: 2 })
  await queue.open()
  return queue
}

/** The queues of the rest of the kit share a pool of the test's own, on which they do not pipeline. */
const target: TaskQueueTarget = {
  create: () => opened(randomUUID()),
  reopen: (queue) => opened(queue.namespace),
  pipelines: true,
}

describe.each(TASK_QUEUE_GROUPS.filter(({ name }) => name === 'order of calls'))(
  '$name on connections of our own',
  (group) => {
    for (const each of casesFor(group, target)) it(each.title, () => runCase(each, target))
  },
)
