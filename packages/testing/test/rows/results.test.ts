import { type Broker, type Deferred, TaskSpace } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { drain, gate } from '../../src/index.ts'
import { ProgramStore, rejection } from './program-store.ts'

const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  fail: (text: string): number => {
    throw new RangeError(text)
  },
})

const queueOf = (broker: Broker, name?: string) => broker.queue<typeof math>(name)

describe('what a job came to', () => {
  it('is stored by whoever runs it, in the order of running [WQ-09]', async () => {
    const broker = new ProgramStore().broker(math)
    const q = queueOf(broker)
    const [good, bad] = [q.math.num('7'), q.math.fail('no')]

    const ran = await drain(broker, { concurrency: 1 })

    expect(ran.map(({ id, outcome, value }) => ({ id, outcome, value }))).toEqual([
      { id: good.id, outcome: 'success', value: 7 },
      { id: bad.id, outcome: 'failed', value: undefined },
    ])
    expect(await good.result({ timeout: 0 })).toBe(7)
    expect(await rejection(bad.result({ timeout: 0 }))).toMatchObject({ text: 'RangeError: no' })
  })

  it('can still be read by the caller after it was the argument of another call [WQ-36] [WQ-35]', async () => {
    const q = queueOf(await new ProgramStore().worker(math))

    const one = q.math.num('1')
    const total = q.math.add([one, 2])

    expect(await total.result()).toBe(3)
    expect(await one.wait()).toBe(true)
    expect(await one.status()).toBe('success')
    expect([await one.result(), one.value]).toEqual([1, 1])
  })

  it('is read by any number of readers, any number of times, in any program [WQ-42]', async () => {
    const store = new ProgramStore()
    const worker = await store.worker(math)
    const d = queueOf(worker).math.num('7')
    const elsewhere = store.broker()
    const handles = [d, worker.deferred<number>(d.id), elsewhere.deferred<number>(d.id)]

    const first = await Promise.all(handles.map((handle) => handle.result()))
    const again = await Promise.all([...handles, elsewhere.deferred<number>(d.id)].map((handle) => handle.result()))

    expect(first).toEqual([7, 7, 7])
    expect(again).toEqual([7, 7, 7, 7])
  })

  it('is an argument again and again once it is there, also for programs that never waited for it [WQ-32]', async () => {
    const store = new ProgramStore()
    const worker = await store.worker(math)
    const d = await queueOf(worker).math.num('4').enqueued()
    await d.result()
    const caller = store.broker()

    const sums = [1, 2, 3].map((n) => queueOf(caller).math.add([caller.deferred<number>(d.id), n]))

    expect(await Promise.all(sums.map((sum) => sum.result()))).toEqual([5, 6, 7])
  })

  it('is asked for with a limit: 0 only looks, none waits for ever, less than none is refused [WQ-73] [WQ-11] [RW-30]', async () => {
    const store = new ProgramStore()
    const broker = store.broker(math)
    const d = queueOf(broker).math.num('7')
    const forEver = d.result()
    const limited = rejection(d.result({ timeout: '5s' }))

    expect(await rejection(d.result({ timeout: 0 }))).toMatchObject({ code: 'WAIT_TIMEOUT', id: d.id })
    await store.clock.advance('5s')
    expect(await limited).toMatchObject({
      code: 'WAIT_TIMEOUT',
      message: `no result of job ${d.id} within 5000 ms; the job goes on`,
    })
    expect(await rejection(d.result({ timeout: -1 }))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'timeout' })
    await drain(broker)

    expect(await forEver).toBe(7)
    expect(await d.result({ timeout: 0 })).toBe(7)
  })

  it('is told apart from one that is gone, and from a job that nobody knows [WQ-73] [WQ-27] [WQ-11]', async () => {
    const store = new ProgramStore()
    const worker = await store.worker(math)
    const { id } = await queueOf(worker).math.num.with({ resultTtl: '1m' })('7').enqueued()
    await store.clock.advance('61s')

    const gone = worker.deferred<number>(id)

    expect(await rejection(gone.result())).toMatchObject({ code: 'TASK_EXPIRED', id })
    expect(await gone.status()).toBe('success')
    expect(await rejection(worker.jobs.get('stranger'))).toMatchObject({ code: 'NO_SUCH_JOB', id: 'stranger' })
  })
})

describe('a handle', () => {
  it('says which job it is: its id, its task and its queue [WQ-37]', () => {
    const q = queueOf(new ProgramStore().broker(), 'mail')

    const named = q.math.num.with({ id: 'seven' })('7')
    const other = q.math.num('7')

    expect(named).toMatchObject({ id: 'seven', name: 'math.num', queue: 'mail' })
    expect(other.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(JSON.parse(JSON.stringify(named))).toEqual({ deferred: 'seven', task: 'math.num', queue: 'mail' })
  })

  it('is there at once, and again in another program that has its id [WQ-37] [RW-21]', async () => {
    const store = new ProgramStore()
    const { id } = await queueOf(store.broker()).math.num('7').enqueued()

    const again: Deferred<number> = store.broker().deferred<number>(id)
    await drain(store.broker(math))

    expect(again.id).toBe(id)
    expect(await again.result()).toBe(7)
  })

  it('follows its job from waiting for others to its end [WQ-38]', async () => {
    const store = new ProgramStore()
    const held = gate()
    const slow = new TaskSpace('slow', { one: () => held.pass().then(() => 1) })
    const worker = await store.worker([slow, math])
    const q = worker.queue<[typeof slow, typeof math]>()

    const one = q.slow.one()
    const sum = q.math.add([one])
    await held.reached()
    const before = [await one.status(), await sum.status()]
    held.open()
    await sum.result()

    expect(before).toEqual(['processing', 'deferred'])
    expect([await one.status(), await sum.status()]).toEqual(['success', 'success'])
  })
})
