import { randomUUID } from 'node:crypto'
import {
  advance,
  failure,
  Hearing,
  job,
  KitSession,
  order,
  Patience,
  success,
  sweepAll,
  value,
} from '@taskspace/testing/kit'
import pg from 'pg'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../../src/postgres-task-queue.ts'

const SCHEMA = 'tx_open_tests'
const LEASE_MS = 26_000
const url = inject('postgresUrl')

beforeAll(() => migrate({ url, schema: SCHEMA }))

async function opened(namespace: string = randomUUID()): Promise<PostgresTaskQueue> {
  const queue = new PostgresTaskQueue({ url, schema: SCHEMA, namespace })
  await queue.open()
  onTestFinished(() => queue.close())
  return queue
}

/** A job that is claimed, and completed in a transaction that is open. */
async function completing(result = '"42"', resultTtlMs?: number) {
  const queue = await opened()
  await sweepAll(queue)
  const [worker, other] = await Promise.all([
    new KitSession(queue, { leaseMs: LEASE_MS }).begin(),
    new KitSession(queue).begin(),
  ])
  await other.put(job('paid'))
  const held = await worker.takeOne()
  const tx = new pg.Client({ connectionString: url })
  await tx.connect()
  onTestFinished(() => tx.end())
  await tx.query('BEGIN')
  const complete = async (value: string) => {
    const completion = { id: held.id, token: held.token, value, ...(resultTtlMs !== undefined && { resultTtlMs }) }
    for (const { text, values } of await queue.transactions.complete(completion)) await tx.query(text, [...values])
  }
  await complete(result)
  return { queue, worker, other, held, tx, complete }
}

const stateOf = async (queue: PostgresTaskQueue, id: string) => (await queue.read([id]))[0]?.state

describe('a transaction that completes a job, while it is open', () => {
  it('keeps nobody from waiting for the job, and all that waits is released after the commit', async () => {
    const { queue, other, tx } = await completing()

    await other.put(job('by value', { edges: [value('paid')] }), job('by order', { edges: [order('paid')] }))
    expect(await stateOf(queue, 'paid')).toBe('processing')
    await tx.query('COMMIT')
    expect(await stateOf(queue, 'paid')).toBe('success')

    await sweepAll(queue)
    expect(await Promise.all(['by value', 'by order'].map((id) => stateOf(queue, id)))).toEqual([
      'enqueued',
      'enqueued',
    ])
  })

  it('is not waited for by a cancel, which comes too late if there is a commit', async () => {
    const { queue, worker, other, tx } = await completing()

    const [answer] = await other.control({ kind: 'cancel', ids: ['paid'], reason: 'enough', cascade: 'refuse' })
    expect(answer).toEqual({ code: 'canceled', found: ['processing'] })
    expect((await worker.renew()).canceled).toHaveLength(1)
    await tx.query('COMMIT')
    await sweepAll(queue)

    expect(await stateOf(queue, 'paid')).toBe('success')
  })

  it('is not waited for by a cancel, which counts if there is none', async () => {
    const { queue, worker, other, held, tx } = await completing()

    await other.control({ kind: 'cancel', ids: ['paid'], reason: 'enough', cascade: 'refuse' })
    await tx.query('ROLLBACK')

    expect(await worker.settle(failure(held))).toEqual(['canceled'])
    expect(await stateOf(queue, 'paid')).toBe('canceled')
  })

  it('is not waited for by the sweep that ends the lease of its worker, and the commit counts', async () => {
    const { queue, worker, other, tx } = await completing()
    await other.put(job('neighbour'))
    await worker.takeOne()

    await advance(queue, 2 * LEASE_MS, LEASE_MS)
    expect(await stateOf(queue, 'neighbour')).toBe('enqueued')
    expect(await stateOf(queue, 'paid')).toBe('processing')
    await tx.query('COMMIT')
    await advance(queue, 2_000)

    expect(await stateOf(queue, 'paid')).toBe('success')
    expect((await queue.counts('default')).get('default')).toMatchObject({ processing: 0, success: 1, enqueued: 1 })
  })

  it('is not waited for by the sweep that ends the lease of its worker, and after a rollback the job goes back', async () => {
    const { queue, other, tx } = await completing()

    await advance(queue, 2 * LEASE_MS, LEASE_MS)
    await tx.query('ROLLBACK')
    await advance(queue, 2_000)

    expect((await other.takeOne()).id).toBe('paid')
  })

  it('is not waited for by a command that would take the job away, or by one that would replace it', async () => {
    const { other, tx, queue } = await completing()

    expect(await other.control({ kind: 'expire-lease', id: 'paid' })).toEqual([
      { code: 'invalid-state', state: 'processing' },
    ])
    await expect(other.enqueue(job('paid', { onDuplicate: 'replace' }))).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      outcome: 'rejected',
    })
    await tx.query('COMMIT')

    expect(await other.control({ kind: 'expire-lease', id: 'paid' })).toEqual([
      { code: 'invalid-state', state: 'success' },
    ])
    expect(await stateOf(queue, 'paid')).toBe('success')
  })

  it.each([
    ['fails', failure],
    ['succeeds', success],
  ])(
    'has the end of its job to itself: a worker where it %s is told to come again, and then that it has',
    async (_, end) => {
      const { worker, held, tx } = await completing()

      await expect(worker.settle(end(held))).rejects.toMatchObject({
        code: 'BACKEND_UNAVAILABLE',
        outcome: 'rejected',
      })
      await tx.query('COMMIT')

      expect(await worker.settle(end(held))).toEqual(['already'])
    },
  )

  it('cannot complete the job a second time', async () => {
    const { complete } = await completing()

    await expect(complete('"43"')).rejects.toMatchObject({ code: 'TS006' })
  })
})

describe('a result that is not kept', () => {
  /** Waits for the job in what might be another process. */
  async function hearingElsewhere(namespace: string): Promise<Hearing> {
    const hearing = await Hearing.open(await new KitSession(await opened(namespace)).begin(), new Patience())
    await hearing.watch('paid')
    return hearing
  }

  it.each([100, 20_000])('reaches who waits for it in another process, at %i bytes', async (length) => {
    const { queue, worker, held, tx } = await completing()
    await tx.query('ROLLBACK')
    const hearing = await hearingElsewhere(queue.namespace)
    const text = `"${'x'.repeat(length)}"`

    await worker.settle({ kind: 'success', id: held.id, token: held.token, value: text, resultTtlMs: 0 })

    expect(await hearing.outcome('paid')).toEqual({ id: 'paid', state: 'success', value: text })
  })

  it.each([100, 20_000])('reaches who waits for it where its task completed it, at %i bytes', async (length) => {
    const text = `"${'x'.repeat(length)}"`
    const { queue, worker, held, tx } = await completing(text, 0)
    const hearing = await hearingElsewhere(queue.namespace)
    await tx.query('COMMIT')

    expect(await worker.settle(failure(held))).toEqual(['already'])

    expect(await hearing.outcome('paid')).toEqual({ id: 'paid', state: 'success', value: text })
  })

  it('is gone for who asks for it later', async () => {
    const { queue, worker, held, tx } = await completing()
    await tx.query('ROLLBACK')
    await worker.settle({ kind: 'success', id: held.id, token: held.token, value: '"short"', resultTtlMs: 0 })

    const hearing = await hearingElsewhere(queue.namespace)

    expect(await hearing.outcome('paid')).toEqual({ id: 'paid', state: 'gone' })
  })
})
