import { expect, inject, it, onTestFinished } from 'vitest'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'
import { asOwner, scratchStore } from './scratch-store.ts'

const connectionString = inject('postgresUrl')
const HOUR_MS = 60 * 60_000

it('where there are too many records, those whose result is over go with it, and none that are needed', async () => {
  const { url, schema } = scratchStore()
  const queue = new PostgresTaskQueue({ url, namespace: 'full', migrate: true })
  await queue.open()
  onTestFinished(() => queue.close())
  await queue.begin({ id: 's', leaseMs: Number.POSITIVE_INFINITY })
  const call = (number: number) => ({ session: 's', epoch: 0, lane: 0, number })
  const job = { task: 't', queue: 'default', input: '[]', generated: false }
  const edges = [{ kind: 'value', on: 'needed', onError: 'fail' }] as const
  await queue.enqueue(call(1), [
    ...['a', 'b', 'needed'].map((id) => ({ ...job, id })),
    { ...job, id: 'long', resultTtlMs: 10 * HOUR_MS },
    { ...job, id: 'dependent', edges },
  ])
  const claim = { slots: 9, ahead: 0, bytes: 1_000, queues: ['default'] }
  const { jobs } = await queue.claim(call(2), claim, 0)
  expect(jobs.map(({ id }) => id)).toEqual(['a', 'b', 'needed', 'long'])
  const settlements = jobs.map(({ id, token }) => ({ kind: 'success', id, token, value: `"${id}"` }) as const)
  const settled = await queue.settle(call(3), settlements, claim)
  // As if 50,000 others were kept.
  await asOwner(connectionString, `INSERT INTO ${schema}.tally (ns, queue, success) VALUES (1, 'others', 50000)`)

  await queue.shiftClock(2 * HOUR_MS)
  await queue.sweep()

  expect(await queue.read(['a', 'b', 'needed'])).toEqual([undefined, undefined, undefined])
  expect((await queue.read(['long']))[0]).toMatchObject({ state: 'success' })
  expect(settled.claim?.jobs.map(({ id }) => id)).toEqual(['dependent'])
  expect(await queue.readValue({ id: 'needed', series: 1 }, 0, 100)).toMatchObject({ size: 8 })
  expect((await queue.counts()).get('default')).toMatchObject({ success: 1, processing: 1 })
  expect(await asOwner(connectionString, `SELECT * FROM ${schema}.expendable`)).toEqual([])
  await queue.enqueue(call(4), [{ ...job, id: 'a' }])
  expect((await queue.read(['a']))[0]).toMatchObject({ state: 'enqueued', series: 1 })
})
