import { AsyncPool, currentJob, TaskSpace } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'
import { describe, expect, it } from 'vitest'
import { drain, eventually, gate, runAsJob, testBroker, VirtualClock } from '../../src/index.ts'
import { failuresOf, type KitFailure, TASK_QUEUE_GROUPS } from '../../src/kit.ts'

const mail = new TaskSpace('mail', { send: (to: string) => `sent to ${to} by ${currentJob().name}` })

describe('the conformance kit', () => {
  it('runs one set of cases against every backend that is named, each case on a store of its own [WQ-72]', async () => {
    const opened: string[] = []
    const create = async () => {
      const queue = createTaskQueue('memory:', { namespace: `kit-${opened.length}` })
      opened.push(queue.namespace)
      await queue.open()
      return queue
    }
    const group = TASK_QUEUE_GROUPS.find(({ name }) => name === 'enqueue')
    if (group === undefined) expect.fail('the group is there')

    expect(await failuresOf(group, { create })).toEqual([])
    expect(opened.length).toBeGreaterThanOrEqual(group.cases.filter(({ needs }) => needs === undefined).length)
  })

  it('fails, and never leaves out, what needs a server that is not there, with what to do about it [WQ-71]', async () => {
    const advice = new Error('no server on PATH: install one, or set REDIS_URL')
    const failures: KitFailure[] = []

    for (const group of TASK_QUEUE_GROUPS) {
      failures.push(...(await failuresOf(group, { create: () => Promise.reject(advice) })))
    }

    const cases = TASK_QUEUE_GROUPS.flatMap((group) => group.cases).filter(({ needs }) => needs === undefined)
    expect(failures.map(({ title }) => title)).toEqual(cases.map(({ title }) => title))
    expect(new Set(failures.map(({ error }) => error))).toEqual(new Set([advice]))
  })
})

describe('what helps tests', () => {
  it('tries until something is so, and tells in the end why it is not [WQ-72]', async () => {
    let tries = 0

    await eventually(() => {
      tries += 1
      return tries > 5
    })

    expect(tries).toBe(6)
    await expect(eventually(() => expect(tries).toBe(7), { timeout: 20 })).rejects.toThrow('expected 6 to be 7')
    await expect(eventually(() => false, { timeout: 20 })).rejects.toThrow('still false after 20 ms')
  })

  it('holds tasks where the test wants them, step by step [WQ-72]', async () => {
    const [held, steps] = [gate(), [] as string[]]
    const tasks = new TaskSpace('slow', {
      step: async () => {
        steps.push('in')
        await held.pass()
        steps.push('out')
      },
    })
    await using broker = testBroker({ spaces: tasks })
    await using pool = new AsyncPool(broker, { concurrency: 2 })
    await pool.start()
    const q = broker.queue<typeof tasks>()
    const jobs = [q.slow.step(), q.slow.step()]

    await held.reached(2)
    const before = [...steps]
    held.open()
    await Promise.all(jobs.map((job) => job.result()))

    expect(before).toEqual(['in', 'in'])
    expect(steps).toEqual(['in', 'in', 'out', 'out'])
  })

  it('runs what is enqueued when the test says so, and calls tasks as jobs without any queue [WQ-72]', async () => {
    await using broker = testBroker({ spaces: mail })
    const job = broker.queue<typeof mail>().mail.send('Ada')
    const before = await job.status()

    await drain(broker)

    expect(before).toBe('enqueued')
    expect(await job.result()).toBe('sent to Ada by mail.send')
    expect(await runAsJob(() => currentJob().name, { name: 'mail.test' })).toBe('mail.test')
  })

  it('lets time pass without waiting for it [WQ-72]', async () => {
    const clock = new VirtualClock()
    await using broker = testBroker({ spaces: mail, clock })
    const job = await broker.queue<typeof mail>().mail.send.with({ delay: '1d' })('Ada').enqueued()
    await drain(broker)
    const before = await job.status()

    clock.skip('1d')
    await clock.advance('1s')
    await drain(broker)

    expect(before).toBe('scheduled')
    expect(await job.result()).toBe('sent to Ada by mail.send')
  })

  it('keeps the stores of tests apart [WQ-72]', async () => {
    await using one = testBroker({ spaces: mail })
    await using other = testBroker({ spaces: mail })
    const { id } = await one.queue<typeof mail>().mail.send.with({ id: 'same' })('Ada').enqueued()

    expect(await other.deferred(id).status()).toBeUndefined()
  })
})
