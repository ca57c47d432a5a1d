import { getEventListeners } from 'node:events'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isDeferredLike } from '../../src/deferred-brand.ts'
import type { Deferred, JobRef } from '../../src/queue/deferred.ts'
import { brokerOnFake, rejection, settled } from '../client/broker-on-fake.ts'

async function stored() {
  const on = brokerOnFake()
  const d: Deferred<number> = on.q.math.add(1, 2)
  await d.enqueued()
  return { ...on, d }
}

describe('a Deferred', () => {
  it('is there at once, with its identity', () => {
    const { q } = brokerOnFake()

    const d: Deferred<number> = q.math.add.with({ id: 'mine' })(1, 2)

    expect(d).toMatchObject({ id: 'mine', name: 'math.add', queue: 'default' })
    expect(isDeferredLike(d)).toBe(true)
    expect(d.hasValue()).toBe(false)
  })

  it('stops waiting to be stored when its signal aborts, and leaves no listener behind', async () => {
    const { q } = brokerOnFake()
    const [before, during] = [AbortSignal.abort('early'), new AbortController()]
    const d: JobRef = q.math.add(1, 2)

    const refused = rejection(d.enqueued({ signal: before }))
    const abandoned = rejection(d.enqueued({ signal: during.signal }))
    const kept = new AbortController()
    const waits = d.enqueued({ signal: kept.signal })
    during.abort('late')

    expect(await Promise.all([refused, abandoned])).toEqual(['early', 'late'])
    expect(await waits).toBe(d)
    expect([during, kept].flatMap(({ signal }) => getEventListeners(signal, 'abort'))).toEqual([])
  })

  it('is not a promise: awaiting it gives itself', async () => {
    const { d } = await stored()

    expect('then' in d).toBe(false)
    expect(await Promise.resolve(d)).toBe(d)
  })

  it('tells that its value is not there yet [WQ-40]', async () => {
    const { d } = await stored()

    expect(() => d.value).toThrow(
      expect.objectContaining({
        code: 'VALUE_NOT_READY',
        message: expect.stringContaining('Deferred value not available'),
      }),
    )
  })

  it('holds its value once it was read, without I/O [WQ-41]', async () => {
    const { store, d } = await stored()
    store.succeed(d.id, '3')
    await d.wait()
    const calls = store.calls.length

    expect(d.hasValue()).toBe(true)
    expect(d.value).toBe(3)
    expect(await d.result()).toBe(3)
    expect(await d.wait(0)).toBe(true)
    expect(await d.status()).toBe('success')
    expect(store.calls).toHaveLength(calls)
  })

  it('keeps undefined as a value', async () => {
    const { store, d } = await stored()
    store.succeed(d.id, 'u')
    await d.wait()

    expect(d.hasValue()).toBe(true)
    expect(d.value).toBeUndefined()
  })

  it('prints its identity and the state it was seen in last [WQ-43]', async () => {
    const { store, broker, d } = await stored()
    expect(d.toString()).toBe(`<Deferred math.add [default:${d.id}] incomplete>`)

    await d.status()
    expect(inspect(d)).toBe(`<Deferred math.add [default:${d.id}] enqueued>`)
    store.succeed(d.id, '3')
    await d.wait()

    expect(inspect({ d }, { breakLength: Number.POSITIVE_INFINITY })).toBe(
      `{ d: <Deferred math.add [default:${d.id}] success> }`,
    )
    expect(broker.deferred('far').toString()).toBe('<Deferred [far] incomplete>')
  })

  it('refuses to be taken for its value', async () => {
    const { d } = await stored()

    expect(() => `${d}`).toThrow(/a Deferred is not its value; await d\.result\(\)/)
    expect(() => (d as unknown as number) + 1).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it('is its identity in JSON', async () => {
    const { d } = await stored()

    expect(JSON.parse(JSON.stringify([d]))).toEqual([{ deferred: d.id, task: 'math.add', queue: 'default' }])
  })

  it('asks for the states of many jobs together', async () => {
    const { store, q } = brokerOnFake()
    const jobs: JobRef[] = Array.from({ length: 300 }, (_, i) => q.math.num(i))

    const states = await Promise.all(jobs.map((d) => d.status()))

    expect(states).toEqual(jobs.map(() => 'enqueued'))
    expect(store.count('read')).toBe(2)
  })

  it('of an unknown id has no state, and expires [WQ-11] [RW-28]', async () => {
    const { broker } = brokerOnFake()
    const far = broker.deferred<number>('far')

    expect(await far.status()).toBeUndefined()
    expect(await rejection(far.result())).toMatchObject({ code: 'TASK_EXPIRED' })
  })

  it('is canceled by an order, together with others of the tick', async () => {
    const { store, q } = brokerOnFake()
    const jobs: JobRef[] = [q.math.num(1), q.math.num(2)]

    const canceled = await Promise.all([
      jobs[0]?.cancel('not needed'),
      jobs[1]?.cancel({ reason: 'nor this', cascade: 'cancel' }),
    ])

    expect(canceled).toEqual([true, true])
    expect(store.count('control')).toBe(1)
    expect(store.commands).toEqual([
      { kind: 'cancel', ids: [jobs[0]?.id], reason: 'not needed', cascade: 'refuse' },
      { kind: 'cancel', ids: [jobs[1]?.id], reason: 'nor this', cascade: 'cancel' },
    ])
  })

  it.each([
    [{ cascade: 'maybe' }, 'cascade'],
    [{ reason: 7 }, 'reason'],
    [{ why: 'no' }, 'why'],
    ['\ud800', 'reason'],
    ['x'.repeat(3_000), 'reason'],
  ])('refuses to be canceled with %j', async (request, field) => {
    const { store, d } = await stored()

    expect(await rejection(d.cancel(request as string))).toMatchObject({ code: 'INVALID_ARGUMENT', field })
    expect(store.commands).toEqual([])
  })
})

describe('a JobRef', () => {
  it('has a life but no result [WQ-26]', async () => {
    const { store, q } = brokerOnFake()
    const ref = q.math.num.with({ ignoreResult: true })(1) as Deferred<number>

    await ref.enqueued()

    expect(store.jobs.get(ref.id)?.job.ignoreResult).toBe(true)
    expect(await ref.status()).toBe('enqueued')
    expect(await rejection(ref.result())).toMatchObject({ code: 'RESULT_IGNORED', id: ref.id })
    expect(() => ref.value).toThrow(expect.objectContaining({ code: 'RESULT_IGNORED' }))
    expect(ref.hasValue()).toBe(false)
    expect(ref.toString()).toBe(`<JobRef math.num [default:${ref.id}] enqueued>`)
  })

  it('can be waited for to its end', async () => {
    const { store, q } = brokerOnFake()
    const ref: JobRef = q.math.num.with({ ignoreResult: true })(1)
    const ended = ref.wait()
    await ref.enqueued()
    await settled()

    store.finish({ id: ref.id, state: 'ignored' })

    expect(await ended).toBe(true)
    expect(await ref.status()).toBe('success')
  })

  it('has ended once the store has forgotten it', async () => {
    const { store, q } = brokerOnFake()
    const ref: JobRef = q.math.num.with({ ignoreResult: true })(1)
    await ref.enqueued()
    store.jobs.clear()

    expect(await ref.wait()).toBe(true)
    expect(await ref.wait(0)).toBe(true)
    expect(await ref.status()).toBe('success')
  })
})
