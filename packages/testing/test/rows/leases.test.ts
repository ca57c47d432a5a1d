import { currentJob, TaskSpace } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { eventually, gate } from '../../src/index.ts'
import { success } from '../../src/kit.ts'
import { ProgramStore, rejection } from './program-store.ts'

const LEASE_MS = 5_000

/** A task that waits at a gate, one that adds, and what happened to the first. */
function slowTasks() {
  const held = gate()
  const attempts: number[] = []
  const tasks = new TaskSpace('slow', {
    one: async () => {
      attempts.push(currentJob().attempt)
      await held.pass()
      return 1
    },
    add: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  })
  return { held, attempts, tasks }
}

describe('a lease', () => {
  it('is kept for as long as a job runs, with nothing to do for the task or for those that wait [WQ-10] [WQ-28] [WQ-53]', async () => {
    const { held, attempts, tasks } = slowTasks()
    const store = new ProgramStore()
    const worker = await store.worker(tasks, { lease: LEASE_MS })
    await store.worker(tasks, { lease: LEASE_MS })
    const q = worker.queue<typeof tasks>()
    const one = q.slow.one()
    const sum = q.slow.add([one, q.slow.add([one])])
    await held.reached()

    await store.clock.advance('20m')
    const meanwhile = [await one.status(), await sum.status()]
    held.open()

    expect(await sum.result()).toBe(2)
    expect(meanwhile).toEqual(['processing', 'deferred'])
    expect(attempts).toEqual([1])
  })

  it('is asked for by the task only where it wants to know that the job is still its own [RQ-39]', async () => {
    const store = new ProgramStore()
    const [early, late] = [gate(), gate()]
    const beats: unknown[] = []
    const tasks = new TaskSpace('slow', {
      beat: async () => {
        const job = currentJob()
        if (job.attempt > 1) return
        beats.push(await job.heartbeat())
        await early.pass()
        beats.push(await rejection(job.heartbeat()))
        await late.pass()
      },
    })
    const worker = await store.worker(tasks, { concurrency: 2 })
    const job = worker.queue<typeof tasks>().slow.beat()
    await early.reached()

    await worker.jobs.expireLease(job.id)
    early.open()
    await late.reached()
    late.open()

    expect(beats).toEqual([undefined, expect.objectContaining({ code: 'LEASE_LOST', id: job.id })])
  })

  it('begins with the claim: a job that waits never expires, however long nobody comes [WQ-47]', async () => {
    const { held, tasks } = slowTasks()
    held.open()
    const store = new ProgramStore()
    const caller = store.broker()
    const one = caller.queue<typeof tasks>().slow.one()
    await one.enqueued()

    store.clock.skip('30d')
    await store.clock.advance('1m')
    const meanwhile = await one.status()
    await store.worker(tasks)

    expect(meanwhile).toBe('enqueued')
    expect(await one.result()).toBe(1)
  })

  it('ends for a worker that fell silent, whose jobs run elsewhere, first in their line [RQ-40] [WQ-47]', async () => {
    const { held, attempts, tasks } = slowTasks()
    held.open()
    const store = new ProgramStore()
    const q = store.broker().queue<typeof tasks>()
    const jobs = [q.slow.one(), q.slow.one()]
    await Promise.all(jobs.map((job) => job.enqueued()))
    const silent = await store.session({ leaseMs: LEASE_MS })
    const taken = await silent.takeOne()
    await store.worker(tasks, { concurrency: 1 })
    await jobs[1]?.result()
    const before = await jobs[0]?.status()

    await store.clock.advance(LEASE_MS + 1_000)

    expect(taken.id).toBe(jobs[0]?.id)
    expect(before).toBe('processing')
    expect(await jobs[0]?.result()).toBe(1)
    expect(attempts).toEqual([1, 2])
    await expect(silent.settle(success(taken))).rejects.toMatchObject({ code: 'SESSION_ENDED' })
  })

  it('that is nearly lost is as good as new after a renewal, the next time as the first [RQ-41] [RQ-40]', async () => {
    const store = new ProgramStore()
    const q = store.broker().queue()
    await q.work().enqueued()
    const [slow, other] = [await store.session({ leaseMs: LEASE_MS }), await store.session({ leaseMs: LEASE_MS })]
    const taken = await slow.takeOne()

    for (let close = 0; close < 3; close += 1) {
      await store.clock.advance(LEASE_MS - 1)
      await slow.renew()
    }
    const kept = await other.take(1)
    await store.clock.advance(LEASE_MS * 2)
    const lost = await other.takeOne()

    expect(kept).toEqual([])
    expect(lost).toMatchObject({ id: taken.id, attempt: 2, crashes: 1 })
    expect(lost.token).toBeGreaterThan(taken.token)
  })

  it('lost three times fails the job, which whoever waits hears as TaskExpired [RQ-42] [WQ-11]', async () => {
    const store = new ProgramStore()
    const caller = store.broker()
    const job = caller.queue().work()
    const failure = rejection(job.result())
    await job.enqueued()

    for (let death = 1; death <= 3; death += 1) {
      const doomed = await store.session({ leaseMs: LEASE_MS })
      await eventually(async () => expect(await doomed.take(1)).toHaveLength(1))
      await store.clock.advance(LEASE_MS * 2)
    }

    expect(await failure).toMatchObject({
      ...{ name: 'TaskExpired', code: 'TASK_EXPIRED', kind: 'lost', id: job.id },
      text: 'lost: its worker stopped answering 3 times',
    })
    expect(await caller.jobs.get(job.id)).toMatchObject({ state: 'failed', crashes: 3, failures: 0 })
  })

  it('lost once fails a job that may run at most once, and frees those that wait for it [WQ-11] [RQ-42]', async () => {
    const store = new ProgramStore()
    const q = store.broker().queue()
    const once = q.work.with({ maxCrashes: 1 })()
    const after = q.work(once)
    const failures = [rejection(once.result()), rejection(after.result())]
    await after.enqueued()

    const doomed = await store.session({ leaseMs: LEASE_MS })
    await doomed.takeOne()
    await store.clock.advance(LEASE_MS * 2)

    const lost = { code: 'TASK_EXPIRED', kind: 'lost', id: once.id }
    expect(await Promise.all(failures)).toEqual([expect.objectContaining(lost), expect.objectContaining(lost)])
  })

  it('is taken from a worker by hand: first in its line again, nothing charged, its signal aborted [RQ-43]', async () => {
    const store = new ProgramStore()
    const held = gate()
    const seen: unknown[] = []
    const tasks = new TaskSpace('slow', {
      one: async () => {
        const { attempt, signal } = currentJob()
        if (attempt === 1) signal.addEventListener('abort', () => seen.push(signal.reason))
        await held.pass()
        return attempt
      },
      two: () => seen.push('two'),
    })
    const worker = await store.worker(tasks, { concurrency: 1, ahead: false })
    const q = worker.queue<typeof tasks>()
    const [one, two] = [q.slow.one(), q.slow.two()]
    await held.reached()

    await worker.jobs.expireLease(one.id)
    await eventually(() => expect(seen).toHaveLength(1))
    held.open()

    expect(await one.result()).toBe(2)
    await two.result()
    expect(seen).toEqual([expect.objectContaining({ code: 'LEASE_LOST', id: one.id }), 'two'])
    expect(await worker.jobs.get(one.id)).toMatchObject({ state: 'success', crashes: 0, failures: 0 })
    expect(await rejection(worker.jobs.expireLease(one.id))).toMatchObject({ code: 'INVALID_STATE', state: 'success' })
    expect(await rejection(worker.jobs.expireLease('stranger'))).toMatchObject({ code: 'NO_SUCH_JOB' })
  })
})
