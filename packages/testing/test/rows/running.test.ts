import { currentJob, isTaskFailure, TaskError, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { drain, eventually, gate } from '../../src/index.ts'
import { success } from '../../src/kit.ts'
import { ProgramStore, rejection } from './program-store.ts'

describe('a time limit', () => {
  it('counts from the start of the run, not from the call, and fails the job when it is over [RW-10]', async () => {
    const store = new ProgramStore()
    const held = gate()
    const tasks = new TaskSpace('slow', {
      one: task({ timeout: '30s' }, async () => {
        const { signal } = currentJob()
        await Promise.race([
          held.pass(),
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ])
      }),
    })
    const one = await store.broker().queue<typeof tasks>().slow.one().enqueued()
    await store.clock.advance('2m')
    const worker = await store.worker(tasks)
    await held.reached()

    await store.clock.advance(29_999)
    const before = await one.status()
    await store.clock.advance(1)
    const failure = await rejection(worker.deferred(one.id).result())

    expect(before).toBe('processing')
    expect(failure).toMatchObject({ code: 'TASK_FAILED', kind: 'timeout', id: one.id })
  })
})

describe('a failure', () => {
  it('says who failed and how, and is equal for all who read it [WQ-44]', async () => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('shop', {
      price: (what: string): number => {
        throw new TypeError(`no ${what}`)
      },
    })
    const worker = await store.worker(tasks)
    const price = worker.queue<typeof tasks>().shop.price('unicorn')

    const failures = await Promise.all([rejection(price.result()), rejection(worker.deferred(price.id).result())])

    for (const failure of failures) expect(isTaskFailure(failure)).toBe(true)
    expect(failures[0]).toMatchObject({
      ...{ name: 'TaskFailure', code: 'TASK_FAILED', task: 'shop.price', queue: 'default', id: price.id },
      ...{ text: 'TypeError: no unicorn', message: `shop.price [default:${price.id}] TypeError: no unicorn` },
      taskStack: expect.stringContaining('running.test.ts'),
    })
    expect(failures[0]).toEqual(failures[1])
    expect(() => price.value).toThrow('TypeError: no unicorn')
  })

  it('that was asked for has its group and details, and is kept until it is removed or replaced [RQ-37] [PT-14]', async () => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('shop', {
      refuse: () => {
        throw currentJob().fail('no such customer', { group: 'customers', details: { customer: 5 } })
      },
      expect: () => {
        throw new TaskError('closed')
      },
    })
    const worker = await store.worker(tasks)
    const q = worker.queue<typeof tasks>()
    const [asked, expected] = [q.shop.refuse(), q.shop.expect()]
    await Promise.all([asked.wait(), expected.wait()])

    store.clock.skip('60d')
    await store.clock.advance('1m')

    expect(await rejection(worker.deferred(asked.id).result())).toMatchObject({
      ...{ kind: 'error', text: 'no such customer', group: 'customers', details: { customer: 5 } },
    })
    expect(await rejection(worker.deferred(expected.id).result())).toMatchObject({ kind: 'error', text: 'closed' })
    expect(await worker.jobs.remove(asked.id)).toBe(true)
    expect(await worker.deferred(asked.id).status()).toBeUndefined()
  })
})

describe('a retry', () => {
  it('that the task asks for waits for its delay, and is one of those that the job has [RQ-38] [RQ-42]', async () => {
    const store = new ProgramStore()
    const attempts: number[] = []
    const tasks = new TaskSpace('shop', {
      call: task({ retries: 2 }, () => {
        attempts.push(currentJob().attempt)
        throw currentJob().retry('10s', 'engaged')
      }),
    })
    const worker = await store.worker(tasks)
    const call = worker.queue<typeof tasks>().shop.call()
    const seen: unknown[] = []

    for (let wait = 0; wait < 3; wait += 1) {
      await eventually(() => expect(attempts).toHaveLength(wait + 1))
      seen.push(await call.status())
      await store.clock.advance('10s')
    }

    expect(seen.slice(0, 2)).toEqual(['scheduled', 'scheduled'])
    expect(await rejection(call.result())).toMatchObject({ kind: 'retries-exhausted', group: 'retries-exhausted' })
    expect(attempts).toEqual([1, 2, 3])
    expect(await worker.jobs.get(call.id)).toMatchObject({ state: 'failed', failures: 2, crashes: 0 })
  })

  it('is not for a job that has none: one run, and its failure [RQ-38]', async () => {
    const broker = new ProgramStore().broker()
    const tasks = new TaskSpace('shop', {
      call: () => {
        throw new Error('engaged')
      },
    })
    broker.expose(tasks)
    const call = broker.queue<typeof tasks>().shop.call()

    const ran = await drain(broker)

    expect(ran).toMatchObject([{ id: call.id, attempt: 1, outcome: 'failed' }])
  })
})

describe('an outcome', () => {
  it('comes from the worker that holds the job: what an earlier one sends changes nothing [RQ-35]', async () => {
    const store = new ProgramStore()
    const caller = store.broker()
    const job = caller.queue().work()
    await job.enqueued()
    const [first, second] = [await store.session({ leaseMs: 60_000 }), await store.session({ leaseMs: 60_000 })]
    const old = await first.takeOne()
    await caller.jobs.expireLease(job.id)
    const current = await second.takeOne()

    const answers = [
      await first.settle(success(old, '"old"')),
      await second.settle(success(current, '"current"')),
      await first.settle(success(old, '"old"')),
    ]

    expect(answers).toEqual([['lost'], ['ok'], ['lost']])
    expect(await job.result()).toBe('current')
  })

  it('frees those that wait for the job, and is never decided again [RQ-35]', async () => {
    const store = new ProgramStore()
    const caller = store.broker()
    const one = caller.queue().work()
    const waits = caller.queue().work.with({ dependsOn: one })()
    await waits.enqueued()
    const session = await store.session({ leaseMs: 60_000 })
    const held = await session.takeOne()
    const before = await waits.status()

    const answers = [await session.settle(success(held, '1')), await session.settle(success(held, '2'))]

    expect(answers).toEqual([['ok'], ['already']])
    expect([before, await waits.status()]).toEqual(['deferred', 'enqueued'])
    expect(await one.result()).toBe(1)
    expect(await rejection(caller.jobs.expireLease(one.id))).toMatchObject({
      message: `job ${one.id} does not run: success`,
    })
  })

  it('that nobody wants leaves nothing behind, not even its id [WQ-24] [WQ-26]', async () => {
    const store = new ProgramStore()
    const runs: unknown[] = []
    const tasks = new TaskSpace('log', { write: (line: string) => runs.push(line) })
    const broker = store.broker(tasks)
    const write = broker.queue<typeof tasks>().log.write.with({ id: 'x', ignoreResult: true })

    const first = write('a')
    const taken = rejection(write('b').enqueued())
    await drain(broker)
    const left = [await first.status(), first.id]
    await write('c').enqueued()
    await drain(broker)

    expect(await taken).toMatchObject({ code: 'DUPLICATE_TASK' })
    expect(left).toEqual([undefined, 'x'])
    expect(runs).toEqual(['a', 'c'])
  })

  it('may be saved on the way, the last value winning, and is kept where the job fails in the end [RW-32] [RW-33]', async () => {
    const store = new ProgramStore()
    const held = gate()
    const tasks = new TaskSpace('report', {
      write: async (fails: boolean) => {
        const job = currentJob()
        await job.saveOutput({ pages: 1 })
        await job.saveOutput({ pages: 2 })
        await held.pass()
        if (fails) throw new Error('no paper')
      },
    })
    const worker = await store.worker(tasks)
    const q = worker.queue<typeof tasks>()
    const [good, bad] = [q.report.write(false), q.report.write(true)]
    const before = await good.output()
    await held.reached(2)

    const meanwhile = [await good.output(), (await worker.jobs.get(good.id)).rawOutput]
    held.open()
    await Promise.all([good.wait(), bad.wait()])

    expect(before).toBeUndefined()
    expect(meanwhile).toEqual([{ pages: 2 }, '{"pages":2}'])
    expect(await good.result()).toEqual({ pages: 2 })
    expect(await bad.output()).toEqual({ pages: 2 })
  })
})
