import { getEventListeners } from 'node:events'
import { AsyncPool, currentJob, type JobRef, TaskSpace, type WaitOptions } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { gate, runAsJob, testBroker, VirtualClock } from '../../src/index.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'

const tasks = new TaskSpace('t', { same: (value: unknown) => value })

/** Everything that waits for a job. */
const waits: readonly (readonly [string, (job: JobRef, options: WaitOptions) => Promise<unknown>])[] = [
  ['result()', (job, options) => (job as JobRef & { result(given: WaitOptions): Promise<unknown> }).result(options)],
  ['result({ timeout })', (job, options) => resultOf(job, { timeout: '1h', ...options })],
  ['wait()', (job, options) => job.wait(undefined, options)],
  ['wait(timeout)', (job, options) => job.wait('1h', options)],
]

function resultOf(job: JobRef, options: object): Promise<unknown> {
  return (job as JobRef & { result(given: object): Promise<unknown> }).result(options)
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe.each(waits)('the signal of %s', (_, wait) => {
  it('rejects at once with its reason if it has aborted already, and has no listener', async () => {
    await using broker = testBroker({ clock: new VirtualClock() })
    const reason = { any: 'reason' }
    const signal = AbortSignal.abort(reason)

    const job = broker.queue<typeof tasks>().t.same(1)

    expect(await rejection(wait(job, { signal }))).toBe(reason)
    await job.enqueued()
    expect(await rejection(wait(job, { signal }))).toBe(reason)
    expect(await rejection(wait(broker.deferred(job.id), { signal }))).toBe(reason)
    expect(listeners(signal)).toBe(0)
  })

  it.each(['before it is stored', 'after it is stored'])(
    'rejects with its reason when it aborts %s, and the job goes on',
    async (when) => {
      const store = new ProgramStore()
      const broker = store.broker(tasks)
      const controller = new AbortController()
      const job = broker.queue<typeof tasks>().t.same(1)
      if (when === 'after it is stored') await job.enqueued()

      const rejected = rejection(wait(job, { signal: controller.signal }))
      controller.abort('enough')

      expect(await rejected).toBe('enough')
      expect(listeners(controller.signal)).toBe(0)
      await new AsyncPool(broker).start()
      expect(await job.result()).toBe(1)
    },
  )

  it('keeps no listener when the job ends, the enqueue fails or the broker closes', async () => {
    const store = new ProgramStore()
    const broker = store.broker(tasks)
    const { signal } = new AbortController()
    const q = broker.queue<typeof tasks>()
    const [good, never] = [q.t.same(1), q.t.same.with({ delay: '1d' })(1)]
    await q.t.same.with({ id: 'taken' })(1).enqueued()
    const taken = q.t.same.with({ id: 'taken' })(2)

    const waiting = [good, taken, never].map((job) => wait(job, { signal }).catch((error: unknown) => error))
    expect(listeners(signal)).toBeGreaterThan(0)
    await new AsyncPool(broker).start()
    await Promise.all(waiting.slice(0, 2))
    await broker.close()

    expect(await waiting[1]).toMatchObject({ code: 'DUPLICATE_TASK' })
    expect(await waiting[2]).toMatchObject({ code: 'CLOSED' })
    expect(listeners(signal)).toBe(0)
  })

  it('gives back the slot that a job lent while it waited', async () => {
    const store = new ProgramStore()
    const broker = store.broker()
    const controller = new AbortController()
    const held = gate()
    const waiting = new TaskSpace('w', {
      waits: () => wait(currentJob().queue().w.never(), { signal: controller.signal }).catch(String),
      never: () => held.pass(),
    })
    broker.expose(waiting)
    const pool = new AsyncPool(broker, { concurrency: 1 })
    await pool.start()
    const job = broker.queue<typeof waiting>().w.waits()

    await held.reached()
    controller.abort('enough')

    expect(await job.result()).toBe('enough')
    held.open()
    expect(listeners(controller.signal)).toBe(0)
  })
})

describe('a signal that many wait with', () => {
  it('ends all waits at once, each with its reason', async () => {
    await using broker = testBroker()
    const controller = new AbortController()
    const job = broker.queue<typeof tasks>().t.same(1)
    const many = Array.from({ length: 20_000 }, () => rejection(job.result({ signal: controller.signal })))
    expect(listeners(controller.signal)).toBe(1)

    controller.abort('enough')

    expect(new Set(await Promise.all(many))).toEqual(new Set(['enough']))
    expect(listeners(controller.signal)).toBe(0)
  })

  it('may be taken by others while it aborts', async () => {
    await using broker = testBroker()
    const controller = new AbortController()
    const { signal } = controller
    const job = broker.queue<typeof tasks>().t.same(1)
    const late: Promise<unknown>[] = []
    signal.addEventListener('abort', () => late.push(rejection(job.result({ signal }))))

    const first = rejection(job.result({ signal }))
    controller.abort('enough')

    expect([await first, ...(await Promise.all(late))]).toEqual(['enough', 'enough'])
    expect(listeners(signal)).toBe(1)
  })
})

describe('a job that was told to stop', () => {
  it('stops waiting if it waits with its own signal', async () => {
    const store = new ProgramStore()
    const reasons: unknown[] = []
    const waiting = new TaskSpace('w', {
      waits: async () => {
        const { signal } = currentJob()
        await currentJob()
          .queue()
          .w.never.with({ delay: '1d' })()
          .result({ signal })
          .catch((error: unknown) => {
            reasons.push(error)
            throw error
          })
      },
    })
    const broker = await store.worker(waiting)
    const job = broker.queue<typeof waiting>().w.waits()
    await store.clock.advance('1s')

    await job.cancel('enough')

    expect(await rejection(job.result())).toMatchObject({ text: 'canceled: enough' })
    expect(reasons).toEqual([expect.objectContaining({ code: 'JOB_CANCELED' })])
  })

  it('is told so by runAsJob as well, which leaves no listener behind', async () => {
    const controller = new AbortController()

    await runAsJob(() => currentJob().signal.aborted, { signal: controller.signal })

    expect(listeners(controller.signal)).toBe(0)
  })
})
