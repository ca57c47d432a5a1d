import { randomUUID } from 'node:crypto'
import { job, KitSession, success, value } from '@taskspace/testing/kit'
import pg from 'pg'
import { expect, inject, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { asOwner, scratchStore } from '../scratch-store.ts'

/** Calls of a schema that wait for an advisory lock. */
const WAITING = (schema: string) =>
  `SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
   WHERE l.locktype = 'advisory' AND NOT l.granted AND a.query LIKE '%${schema}%'`

it('a settlement that waits for an enqueue releases the job that this lets wait for it', async () => {
  const { url, schema } = scratchStore()
  await migrate({ url })
  const queue = new PostgresTaskQueue({ url, namespace: randomUUID() })
  await queue.open()
  onTestFinished(() => queue.close())
  const [worker, producer] = await Promise.all([new KitSession(queue).begin(), new KitSession(queue).begin()])
  await producer.put(job('plain'), job('needed'))
  await producer.put(job('needs', { edges: [value('needed')] }))
  const [plain, needed] = await worker.take(2)
  if (!plain || !needed) expect.fail('two jobs are there')
  const waiting = async (count: number) =>
    expect.poll(async () => (await asOwner(inject('postgresUrl'), WAITING(schema))).length).toBe(count)

  // Somebody is busy with what waits for what; then comes the enqueue, and after it the settlement.
  const busy = new pg.Client({ connectionString: inject('postgresUrl') })
  await busy.connect()
  onTestFinished(() => busy.end())
  await busy.query(`BEGIN; SELECT ${schema}.lock_graph_v1(key) FROM ${schema}.namespace`)
  const enqueued = producer.put(job('late', { edges: [value('plain')] }))
  await waiting(1)
  const settled = worker.settle(success(plain, '"of plain"'), success(needed))
  await waiting(2)
  await busy.query('COMMIT')

  expect(await settled).toEqual(['ok', 'ok'])
  await enqueued
  expect((await queue.read(['late', 'needs'])).map((record) => record?.state)).toEqual(['enqueued', 'enqueued'])
})
