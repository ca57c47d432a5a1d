import { expect, inject, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/connection/pg-transaction.ts'
import { driftOf } from '../../src/doctor/drift.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { runMigrations } from '../../src/migrate/run-migrations.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'
import { migrations } from '../../src/sql/migrations.ts'
import { asOwner, scratchStore } from '../scratch-store.ts'

const connectionString = inject('postgresUrl')

/** What the first version stored: a job that is ready, one that is claimed, one that has ended, and one for later. */
const STORED = (schema: string) => `
SET search_path = ${schema};
INSERT INTO namespace (name) VALUES ('old');
INSERT INTO beat (ns) VALUES (1);
INSERT INTO session (ns, id, lease_ms, heard_at) VALUES (1, 'owner', 'Infinity', 1000);
INSERT INTO job (key, created_at, ns, id, task, queue, input, state, run_at) VALUES
  (nextval('position'), 1000, 1, 'ready', 't', 'default', '[1]', 2, NULL),
  (nextval('position'), 1000, 1, 'claimed', 't', 'default', '[2]', 2, NULL),
  (nextval('position'), 1000, 1, 'later', 't', 'default', '[3]', 1, 8000000000000);
INSERT INTO job (key, created_at, ns, id, task, queue, input, state, decided, attempt, token, ended_at, result_until, result)
VALUES (nextval('position'), 1000, 1, 'ended', 't', 'default', '[4]', 4, true, 1, 7, 2000, 'Infinity', '"kept"');
INSERT INTO ready (position, job, ns, rank, size, queue) VALUES (1, 1, 1, -1, 3, 'default');
INSERT INTO held (session, job, token, claimed_at, number, lane, ord, ahead) VALUES (1, 2, 5, 1500, 1, 0, 1, false);
INSERT INTO calls (session, lane, number) VALUES (1, 0, 1);
INSERT INTO parked (position, job, run_at, ns, queue) VALUES (3, 3, 8000000000000, 1, 'default');
INSERT INTO tally (ns, queue, scheduled, enqueued, processing, success) VALUES (1, 'default', 1, 1, 1, 1)`

/** Some function of that version, with other parameters than now. */
const FUNCTIONS = "CREATE FUNCTION @schema@.claim_v1(p_ns int) RETURNS text LANGUAGE sql AS 'SELECT null::text'"

async function publishedStore(): Promise<{ readonly url: string; readonly schema: string }> {
  const store = scratchStore()
  const published = migrations.filter(({ version }) => version < 2)
  const functions = { version: 2, revision: 0, sql: FUNCTIONS }
  await inTransaction({ connectionString }, (tx) =>
    runMigrations(tx, { schema: store.schema, migrations: published, functions, layout: 1, minReader: 1 }),
  )
  await asOwner(connectionString, STORED(store.schema))
  return store
}

it('a store of the first version keeps its jobs, results, claims and call numbers', async () => {
  const { url } = await publishedStore()
  const reports = await Promise.all(Array.from({ length: 10 }, () => migrate({ url })))
  const queue = new PostgresTaskQueue({ url, namespace: 'old' })
  await queue.open()
  onTestFinished(() => queue.close())

  const applied = migrations.filter(({ version }) => version > 1).map(({ version, name }) => `000${version} ${name}`)
  expect(reports.flatMap((each) => each.applied)).toEqual([...applied, '0002 functions'])
  const call = { session: 'owner', epoch: 0, lane: 0 }
  await expect(queue.settle({ ...call, number: 0 }, [])).rejects.toMatchObject({ code: 'STALE_CALL' })
  const settled = await queue.settle(
    { ...call, number: 2 },
    [{ kind: 'success', id: 'claimed', token: 5, value: '"done"' }],
    {
      slots: 5,
      ahead: 0,
      bytes: 1_000,
      queues: ['default'],
    },
  )
  expect(settled.answers).toEqual(['ok'])
  expect(settled.claim?.jobs.map(({ id }) => id)).toEqual(['ready'])
  const records = await queue.read(['ready', 'claimed', 'later', 'ended'])
  expect(records.map((record) => record?.state)).toEqual(['processing', 'success', 'scheduled', 'success'])
  expect((await queue.counts()).get('default')).toMatchObject({ processing: 1, success: 2, scheduled: 1, enqueued: 0 })
})

it('a store of the first version is afterwards like one that is new', async () => {
  const { url, schema } = await publishedStore()

  await migrate({ url })

  expect(await driftOf({ connectionString }, schema)).toEqual([])
})

it('a job of the first version that has the result of another still has it when that one is forgotten', async () => {
  const { url, schema } = await publishedStore()
  const forwarded = `SET search_path = ${schema};
    INSERT INTO value (ns, series, id, text) VALUES (1, 1, 'target', '"v"');
    INSERT INTO job (key, created_at, ns, id, task, queue, state, decided, ended_at, result_until, value) VALUES
      (nextval('position'), 1000, 1, 'target', 't', 'default', 4, true, 2000, 3000, 1),
      (nextval('position'), 1000, 1, 'forwarded', 't', 'default', 4, true, 2000, 'Infinity', 1);
    INSERT INTO expiring (ns, at, jobs) SELECT 1, 60000, array_agg(key) FROM job WHERE id = 'target'`
  await asOwner(connectionString, forwarded)

  await migrate({ url })

  const queue = new PostgresTaskQueue({ url, namespace: 'old' })
  await queue.open()
  onTestFinished(() => queue.close())
  await queue.sweep()
  const owners = await asOwner(connectionString, `SELECT id FROM ${schema}.job WHERE value IS NOT NULL`)
  expect(owners).toEqual([{ id: 'forwarded' }])
  expect(await queue.readValue({ id: 'forwarded', series: 1 }, 0, 9)).toMatchObject({ size: 3 })
})
