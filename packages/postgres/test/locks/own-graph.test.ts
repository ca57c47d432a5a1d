import { randomUUID } from 'node:crypto'
import { job, KitSession, value } from '@taskspace/testing/kit'
import pg from 'pg'
import { expect, inject, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { scratchStore } from '../scratch-store.ts'

it('jobs that wait for others of their own call are stored while somebody is busy with what waits for what', async () => {
  const { url, schema } = scratchStore()
  await migrate({ url })
  const queue = new PostgresTaskQueue({ url, namespace: randomUUID() })
  await queue.open()
  onTestFinished(() => queue.close())
  const session = await new KitSession(queue).begin()
  const busy = new pg.Client({ connectionString: inject('postgresUrl') })
  await busy.connect()
  onTestFinished(() => busy.end())
  await busy.query(`BEGIN; SELECT ${schema}.lock_graph_v1(key) FROM ${schema}.namespace`)

  const stored = await session.enqueue(job('part'), job('sum', { edges: [value(0)] }))
  const linked = session.enqueue(job('late', { edges: [value('sum')] }))

  expect(stored).toEqual(['ok', 'ok'])
  expect((await queue.read(['part', 'sum'])).map((record) => record?.state)).toEqual(['enqueued', 'deferred'])
  await busy.query('COMMIT')
  expect(await linked).toEqual(['ok'])
})
