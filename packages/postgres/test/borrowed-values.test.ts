import { expect, inject, it, onTestFinished } from 'vitest'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'
import { asOwner, scratchStore } from './scratch-store.ts'

const connectionString = inject('postgresUrl')
const HOUR_MS = 60 * 60_000

it('a result that a job has by forwarding is kept for as long as one of the two has it', async () => {
  const { url, schema } = scratchStore()
  const queue = new PostgresTaskQueue({ url, namespace: 'forwards', migrate: true })
  await queue.open()
  onTestFinished(() => queue.close())
  await queue.begin({ id: 's', leaseMs: Number.POSITIVE_INFINITY })
  const call = (number: number) => ({ session: 's', epoch: 0, lane: 0, number })
  const job = { task: 't', queue: 'default', input: '[]', generated: false }
  await queue.enqueue(call(1), [
    { ...job, id: 'target' },
    { ...job, id: 'early' },
    { ...job, id: 'late' },
  ])
  const { jobs } = await queue.claim(call(2), { slots: 9, ahead: 0, bytes: 1_000, queues: ['default'] }, 0)
  const tokens = new Map(jobs.map(({ id, token }) => [id, token]))
  const token = (id: string) => tokens.get(id) ?? 0
  const stored = () => asOwner(connectionString, `SELECT id FROM ${schema}.value`)
  const owners = () => asOwner(connectionString, `SELECT id FROM ${schema}.job WHERE value IS NOT NULL ORDER BY key`)
  const result = (id: string) => queue.readValue({ id, series: 1 }, 0, 100)

  // One forwards before the other has ended, one afterwards; later in the store's time, so that its result goes later.
  await queue.settle(call(3), [
    { kind: 'forward', id: 'early', token: token('early'), to: 'target' },
    { kind: 'success', id: 'target', token: token('target'), value: '"v"' },
  ])
  await queue.shiftClock(HOUR_MS / 2)
  await queue.settle(call(4), [{ kind: 'forward', id: 'late', token: token('late'), to: 'target' }])
  expect(await owners()).toEqual([{ id: 'target' }, { id: 'early' }, { id: 'late' }])
  expect(await stored()).toEqual([{ id: 'target' }])

  await queue.shiftClock((HOUR_MS * 3) / 4)
  await queue.sweep()
  expect(await owners()).toEqual([{ id: 'late' }])
  expect(await result('late')).toMatchObject({ size: 3 })

  await queue.shiftClock(HOUR_MS)
  await queue.sweep()
  expect(await result('late')).toBeUndefined()
  expect(await stored()).toEqual([])
})

it('no index of the jobs holds what the end of one that does not forward writes', async () => {
  const { url, schema } = scratchStore()
  const queue = new PostgresTaskQueue({ url, migrate: true })
  await queue.open()
  onTestFinished(() => queue.close())

  const columns = await asOwner(
    connectionString,
    `SELECT DISTINCT a.attname AS name FROM pg_index i
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indrelid = '${schema}.job'::regclass ORDER BY 1`,
  )

  expect(columns).toEqual([{ name: 'borrowed' }, { name: 'id' }, { name: 'key' }, { name: 'ns' }])
})
