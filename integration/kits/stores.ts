import { migrate, PostgresTaskQueue } from '@taskspace/postgres'
import { RedisTaskQueue } from '@taskspace/redis'
import type { WorkerPoolTarget } from '@taskspace/testing/kit'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import type {} from '../../tools/servers/postgres-setup.ts'
import type {} from '../../tools/servers/redis-setup.ts'

type Store = NonNullable<WorkerPoolTarget['store']>

/** Where jobs may be, for the suite that calls it. */
export function stores(): Readonly<Record<string, Pick<WorkerPoolTarget, 'store'>>> {
  return { memory: {}, Redis: { store: redisStore() }, Postgres: { store: postgresStore() } }
}

/** Namespaces on the Redis of the run. */
function redisStore(): Store {
  const url = inject('redisUrl')
  return (namespace) => new RedisTaskQueue({ url, namespace })
}

/** Namespaces in one schema of the Postgres of the run, over connections that all share. */
function postgresStore(): Store {
  const url = inject('postgresUrl')
  const schema = 'pool_kit'
  const pool = new pg.Pool({ connectionString: url, max: 12 })
  beforeAll(async () => void (await migrate({ url, schema })))
  afterAll(() => pool.end())
  return (namespace) => new PostgresTaskQueue({ pool, schema, namespace })
}
