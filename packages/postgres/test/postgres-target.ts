import { randomUUID } from 'node:crypto'
import type { TaskQueueTarget } from '@taskspace/testing/kit'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import type {} from '../../../tools/servers/postgres-setup.ts'
import { migrate } from '../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'

const SCHEMA = 'taskspace "kit"\'s'

/** The Postgres backend, for the kit: one schema for all, a namespace for each. */
export function postgresTarget(): TaskQueueTarget {
  return {
    create: () => opened(randomUUID()),
    reopen: (queue) => opened(queue.namespace),
  }
}

let migrated: Promise<unknown> | undefined

/** Shared by all: a connection of its own has to compile each function anew. */
let pool: pg.Pool | undefined

afterAll(() => pool?.end())

async function opened(namespace: string): Promise<PostgresTaskQueue> {
  migrated ??= migrate({ url: inject('postgresUrl'), schema: SCHEMA })
  await migrated
  pool ??= new pg.Pool({ connectionString: inject('postgresUrl'), max: 8 })
  const queue = new PostgresTaskQueue({ pool, schema: SCHEMA, namespace })
  await queue.open()
  return queue
}
