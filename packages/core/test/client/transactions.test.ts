import { describe, expect, it } from 'vitest'
import type { NewJob, TransactionStatements } from '../../src/backend.ts'
import { brokerOnFake } from './broker-on-fake.ts'
import { FakeQueue } from './fake-queue.ts'

/** A store whose transactions say what they were asked, and answer `ok`. */
class TransactionalQueue extends FakeQueue {
  override readonly transactions: TransactionStatements = {
    enqueue: (session, jobs) => [{ text: 'enqueue', values: [session, JSON.stringify(jobs)] }],
    enqueued: (rows) => rows as 'ok'[],
    complete: () => [],
    failure: (error) => error,
  }
}

class FakeTransaction {
  readonly sent: { readonly text: string; readonly values: readonly string[] }[] = []
  failure: Error | undefined

  async query(text: string, values: string[]): Promise<{ rows: unknown[] }> {
    this.sent.push({ text, values })
    if (this.failure !== undefined) throw this.failure
    return { rows: text === 'enqueue' ? this.jobs(-1).map(() => 'ok') : [] }
  }

  jobs(at: number): NewJob[] {
    return JSON.parse(this.sent.at(at)?.values[1] ?? '[]')
  }
}

describe('calls made in a transaction', () => {
  it('of one tick travel in one statement, edges among them by their place', async () => {
    const { store, q } = brokerOnFake({}, new TransactionalQueue())
    const tx = new FakeTransaction()

    const child = q.math.num.with({ tx })(1)
    const parent = q.math.add.with({ tx })([child])
    const outside = q.math.num(2)
    await Promise.all([child.enqueued(), parent.enqueued(), outside.enqueued()])

    expect(tx.sent).toHaveLength(1)
    expect(tx.jobs(0).map(({ id }) => id)).toEqual([child.id, parent.id])
    expect(tx.jobs(0)[1]?.edges).toEqual([{ kind: 'value', onError: 'fail', on: 0 }])
    expect(store.enqueued.flat().map(({ id }) => id)).toEqual([outside.id])
  })

  it('wait for calls outside that they need', async () => {
    const { q } = brokerOnFake({}, new TransactionalQueue())
    const tx = new FakeTransaction()

    const outside = q.math.num(1)
    await q.math.add.with({ tx })([outside]).enqueued()

    expect(tx.jobs(0)[0]?.edges).toEqual([{ kind: 'value', onError: 'fail', on: outside.id }])
  })

  it('reject with the error of the driver as it is', async () => {
    const { q } = brokerOnFake({}, new TransactionalQueue())
    const tx = new FakeTransaction()
    tx.failure = Object.assign(new Error('could not serialize access'), { code: '40001' })

    await expect(q.math.num.with({ tx })(1).enqueued()).rejects.toBe(tx.failure)
  })

  it('are refused where there are none, and for what is none', () => {
    const { q } = brokerOnFake()

    expect(() => q.math.num.with({ tx: new FakeTransaction() })(1)).toThrow('the store')
    expect(() => q.math.num.with({ tx: {} as never })(1)).toThrow('invalid tx: an object has no query(text, values)')
  })

  it('are given up when the transaction does not answer', async () => {
    const { q, clock } = brokerOnFake({ enqueueTimeout: '1s' }, new TransactionalQueue())
    const silent = { query: () => new Promise<never>(() => undefined) }

    const enqueued = q.math.num.with({ tx: silent })(1).enqueued()
    const rejected = expect(enqueued).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
    await new Promise(setImmediate)
    await clock.advance(1_000)

    await rejected
  })
})
