import { describe, expect, it, vi } from 'vitest'
import type { Command, ControlAnswer, JobRecord } from '../../src/backend.ts'
import type { JobRef } from '../../src/queue/deferred.ts'
import { brokerOnFake, rejection } from '../client/broker-on-fake.ts'

const RECORD: JobRecord = {
  id: 'j',
  task: 'math.add',
  queue: 'q',
  state: 'deferred',
  priority: 2,
  series: 1,
  attempt: 1,
  failures: 0,
  crashes: 0,
  input: '[1,2]',
  ignoreResult: false,
  tags: ['t'],
  meta: '{"by":"me"}',
  createdAt: 1_000,
  resultUntil: Number.POSITIVE_INFINITY,
  unmet: [{ kind: 'value', on: 'other', onError: 'fail' }],
  dependents: ['next'],
  dependentCount: 1,
  output: '"half"',
  history: [{ what: 'enqueued', at: 1_000 }],
}

function withRecords(...records: readonly (JobRecord | undefined)[]) {
  const on = brokerOnFake()
  const read = vi.spyOn(on.store, 'read').mockImplementation(async (ids) => {
    return ids.map((id) => records.find((record) => record?.id === id))
  })
  return { ...on, read }
}

/** Answers every order with this, and keeps the orders. */
function answering(answer: ControlAnswer) {
  const on = brokerOnFake()
  const orders: Command[] = []
  vi.spyOn(on.store, 'control').mockImplementation(async (_call, commands) => {
    orders.push(...commands)
    return commands.map(() => answer)
  })
  return { ...on, orders, jobs: on.broker.jobs }
}

describe('a job that is looked up', () => {
  it('shows what is stored, decoded when asked', async () => {
    const { broker } = withRecords(RECORD)

    const job = await broker.jobs.get('j')

    expect(job).toMatchObject({
      id: 'j',
      name: 'math.add',
      queue: 'q',
      state: 'deferred',
      priority: 2,
      tags: ['t'],
      meta: { by: 'me' },
      run: {},
      createdAt: new Date(1_000),
      runAt: undefined,
      waitsFor: [{ id: 'other', kind: 'value', onError: 'fail' }],
      dependents: ['next'],
      rawInput: '[1,2]',
    })
    expect(job.input()).toEqual([1, 2])
    expect(job.output()).toBe('half')
    expect(Number.isNaN(job.resultUntil?.getTime())).toBe(false)
  })

  it('shows its arguments with nothing where a Deferred stood', async () => {
    const { broker, store } = brokerOnFake()
    const q = broker.queue()
    const first: JobRef = q.math.num('1')
    const dependent: JobRef = q.math.add([first, 2], 'and')
    await dependent.enqueued()
    const input = store.enqueued.flat().find(({ id }) => id === dependent.id)?.input ?? ''
    vi.spyOn(store, 'read').mockImplementation(async () => [{ ...RECORD, input }])

    const job = await broker.jobs.get('j')

    expect(job.input()).toEqual([[undefined, 2], 'and'])
  })

  it('shows its failure as callers see it [RW-29]', async () => {
    const { broker } = withRecords({
      ...RECORD,
      state: 'failed',
      kind: 'dependency-failed',
      failure: {
        kind: 'error',
        code: 'TASK_FAILED',
        task: 't',
        queue: 'q',
        id: 'first',
        text: 'no',
        group: 'g',
        details: '[',
      },
    })

    const job = await broker.jobs.get('j')

    expect(job.kind).toBe('dependency-failed')
    expect(job.failure).toMatchObject({ message: 't [q:first] no', details: { code: 'MALFORMED_PAYLOAD' } })
  })

  it('is refused if nobody knows it, or it was canceled', async () => {
    const { broker } = withRecords({ ...RECORD, state: 'canceled' })

    expect(await rejection(broker.jobs.get('x'))).toMatchObject({ code: 'NO_SUCH_JOB', id: 'x' })
    expect(await rejection(broker.jobs.get('j'))).toMatchObject({ code: 'NO_SUCH_JOB', id: 'j' })
    expect((await broker.jobs.get('j', { canceled: true })).state).toBe('canceled')
    expect(await rejection(broker.jobs.get('j', { cancelled: true } as object))).toMatchObject({ field: 'cancelled' })
  })

  it('comes with others in their order', async () => {
    const { broker, read } = withRecords(RECORD, { ...RECORD, id: 'k' })

    const jobs = await broker.jobs.getMany(['k', 'x', 'j'])

    expect(jobs.map((job) => job?.id)).toEqual(['k', undefined, 'j'])
    expect(read).toHaveBeenCalledTimes(1)
  })
})

describe('orders about jobs', () => {
  it('cancel many at once, all or nothing', async () => {
    const { jobs, orders } = answering({ code: 'canceled', found: ['enqueued', 'processing', undefined] })

    expect(await jobs.cancel(['a', 'b', 'c'], 'enough')).toEqual(['enqueued', 'processing', undefined])

    expect(orders).toEqual([{ kind: 'cancel', ids: ['a', 'b', 'c'], reason: 'enough', cascade: 'refuse' }])
  })

  it('are refused where others depend on the jobs', async () => {
    const { jobs } = answering({ code: 'has-dependents', id: 'a', dependents: ['b'] })

    expect(await rejection(jobs.cancel('a'))).toMatchObject({ code: 'HAS_DEPENDENTS', id: 'a', dependents: ['b'] })
  })

  it('take 1,000 ids to cancel all or nothing, and any number otherwise', async () => {
    const { jobs, orders } = answering({ code: 'canceled', found: [] })
    const ids = Array.from({ length: 1_001 }, (_, i) => String(i))

    expect(await rejection(jobs.cancel(ids))).toMatchObject({ code: 'BATCH_TOO_LARGE' })
    expect(orders).toEqual([])
    await jobs.cancel(ids, { cascade: 'release' })

    expect(orders.map((order) => order.kind === 'cancel' && order.ids.length)).toEqual([...Array(7).fill(128), 105])
  })

  it('say what they want', async () => {
    const { jobs, orders, q } = answering({ code: 'ok', count: 2 })
    const other: JobRef = q.math.num.with({ id: 'other' })(1)

    await jobs.expireLease('a')
    await jobs.setPriority('a', -7)
    expect(await jobs.depend('a', [other, 'x'], { onError: 'wait' })).toBe(2)
    expect(await jobs.undepend('a', 'all')).toBe(2)
    expect(await jobs.undepend('a', other)).toBe(2)
    expect(await jobs.remove('a')).toBe(true)

    expect(orders).toEqual([
      { kind: 'expire-lease', id: 'a' },
      { kind: 'priority', id: 'a', priority: -7 },
      {
        kind: 'depend',
        id: 'a',
        edges: [
          { kind: 'order', on: 'other', onError: 'wait' },
          { kind: 'order', on: 'x', onError: 'wait' },
        ],
      },
      { kind: 'undepend', id: 'a', on: 'all' },
      { kind: 'undepend', id: 'a', on: ['other'] },
      { kind: 'remove', id: 'a' },
    ])
  })

  it('are refused for an unknown job', async () => {
    const { jobs } = answering({ code: 'no-such-job', about: 'a' })

    expect(await rejection(jobs.expireLease('a'))).toMatchObject({ code: 'NO_SUCH_JOB', id: 'a' })
    expect(await rejection(jobs.setPriority('a', 1))).toMatchObject({ code: 'NO_SUCH_JOB' })
    expect(await jobs.remove('a')).toBe(false)
  })

  it('are refused in the wrong state, which is told [RQ-43] [RQ-48]', async () => {
    const { jobs } = answering({ code: 'invalid-state', state: 'success' })

    const refused = { code: 'INVALID_STATE', id: 'a', state: 'success' }
    expect(await rejection(jobs.expireLease('a'))).toMatchObject({ ...refused, message: 'job a does not run: success' })
    expect(await rejection(jobs.depend('a', 'b'))).toMatchObject({
      ...refused,
      message: 'job a is not deferred: success',
    })
    expect(await rejection(jobs.setPriority('a', 1))).toMatchObject({ ...refused, message: 'job a has ended: success' })
    expect(await rejection(jobs.remove('a'))).toMatchObject({ ...refused, message: 'job a has not ended: success' })
  })

  it('are refused if they would close a cycle', async () => {
    const { jobs } = answering({ code: 'dependency-cycle' })

    expect(await rejection(jobs.depend('a', 'b'))).toMatchObject({ code: 'DEPENDENCY_CYCLE', id: 'a' })
  })

  it('wait for jobs that are on their way, and fail with them', async () => {
    const { broker, q } = brokerOnFake()
    await q.math.num.with({ id: 'taken' })(1).enqueued()
    const refused: JobRef = q.math.num.with({ id: 'taken' })(2)

    expect(await rejection(broker.jobs.depend('a', refused))).toMatchObject({ code: 'DUPLICATE_TASK' })
  })

  it('survive lost messages, and are carried out once', async () => {
    const { store, clock, broker } = brokerOnFake()
    store.fault('control', 'lose-reply', 'lose-request')

    const canceled = broker.jobs.cancel('a')
    await clock.advance(2_000)

    expect(await canceled).toEqual([undefined])
    expect(store.commands).toHaveLength(1)
  })

  it.each([
    ['setPriority', ['a', 1.5], 'priority'],
    ['setPriority', ['a', 2 ** 31], 'priority'],
    ['setPriority', ['', 1], 'id'],
    ['depend', ['a', 'b', { onError: 'maybe' }], 'onError'],
    ['depend', ['a', [7]], 'id'],
    ['cancel', [7], 'ids'],
    ['cancel', [['']], 'id'],
    ['expireLease', ['x'.repeat(513)], 'id'],
    ['getMany', [['\ud800']], 'id'],
  ] as const)('refuse %s%j', async (method, args, field) => {
    const { jobs, orders } = answering({ code: 'ok', count: 0 })

    const call = jobs[method] as (...given: readonly unknown[]) => Promise<unknown>
    expect(await rejection(call.apply(jobs, [...args]))).toMatchObject({ code: 'INVALID_ARGUMENT', field })

    expect(orders).toEqual([])
  })
})

describe('a queue that is looked after', () => {
  const none = { deferred: 0, scheduled: 0, enqueued: 0, processing: 0, success: 0, failed: 0, canceled: 0 }

  it('counts its jobs, and those that wait [WQ-19] [RQ-24]', async () => {
    const { store, broker } = brokerOnFake()
    const counts = { ...none, deferred: 1, scheduled: 2, enqueued: 4, processing: 8, success: 16 }
    vi.spyOn(store, 'counts').mockImplementation(async () => new Map([['mail', counts]]))

    expect(await broker.queues.get('mail').counts()).toEqual(counts)
    expect(await broker.queues.get('mail').size()).toBe(7)
    expect(await broker.queues.get().counts()).toEqual(none)
    expect([...(await broker.queues.counts()).keys()]).toEqual(['mail'])
  })

  it('is drained, and tells how much there was [WQ-13] [WQ-20]', async () => {
    const { broker, orders } = answering({ code: 'ok', count: 3 })

    expect(await broker.queues.get('mail').drain()).toBe(3)

    expect(orders).toEqual([{ kind: 'drain', queue: 'mail' }])
  })
})
