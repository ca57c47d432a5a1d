import { currentJob, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { drain } from '../../src/app/drain.ts'
import { testBroker } from '../../src/app/test-broker.ts'
import { VirtualClock } from '../../src/app/virtual-clock.ts'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const spaces = new TaskSpace('t', {
  add: (a: number, b: number) => a + b,
  fails: (text: string) => {
    throw new Error(text)
  },
  flaky: task({ retries: 1 }, () => {
    if (currentJob().attempt === 1) throw new Error('once')
    return 'twice'
  }),
  forwards: () => currentJob().queue('other').t.add(20, 22),
  waits: async () => currentJob().queue('other').t.add(1, 1).result(),
  never: () => new Promise(() => undefined),
})

describe('drain', () => {
  it('runs what can run, and tells what ran', async () => {
    await using broker = testBroker({ spaces, logger: quiet })
    const q = broker.queue<typeof spaces>()
    const job = q.t.add(1, q.t.add(2, 3))
    const failing = q.t.fails('no')

    const ran = await drain(broker)

    expect(ran.map(({ name, outcome, value }) => [name, outcome, value])).toEqual([
      ['t.add', 'success', 5],
      ['t.fails', 'failed', undefined],
      ['t.add', 'success', 6],
    ])
    expect(ran[1]).toMatchObject({ id: failing.id, queue: 'default', attempt: 1, failure: { text: 'Error: no' } })
    expect(await job.result()).toBe(6)
  })

  it('runs jobs again that are retried at once', async () => {
    await using broker = testBroker({ spaces, logger: quiet })
    void broker.queue<typeof spaces>().t.flaky()

    const ran = await drain(broker)

    expect(ran.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'retried'],
      [2, 'success'],
    ])
  })

  it('runs what is enqueued meanwhile, in other queues too', async () => {
    await using broker = testBroker({ spaces })
    const q = broker.queue<typeof spaces>()
    const [forwards, waits] = [q.t.forwards(), q.t.waits()]

    await drain(broker)

    expect([await forwards.result(), await waits.result()]).toEqual([42, 2])
  })

  it('leaves what is not due, until it is', async () => {
    const clock = new VirtualClock()
    await using broker = testBroker({ spaces, clock })
    const job = broker.queue<typeof spaces>().t.add.with({ delay: '1h' })(1, 2)

    const early = await drain(broker)
    await clock.advance('1h')
    const late = await drain(broker)

    expect([early.length, late.length]).toEqual([0, 1])
    expect(await job.result()).toBe(3)
  })

  it('drains the queues it is told to, and no others', async () => {
    await using broker = testBroker({ spaces })
    const job = await broker.queue<typeof spaces>('other').t.add(1, 2).enqueued()

    expect(await drain(broker, { queues: ['default'] })).toEqual([])
    expect(await job.status()).toBe('enqueued')
  })

  it('gives up when the time is over, by that of the machine, and gives back what runs', async () => {
    await using broker = testBroker({ spaces, logger: quiet, clock: new VirtualClock() })
    const job = await broker.queue<typeof spaces>().t.add.with({ id: 'after' })(1, 2).enqueued()
    const stuck = await broker.queue<typeof spaces>('slow').t.never().enqueued()

    await expect(drain(broker, { timeout: 50 })).rejects.toThrow('not drained in time: slow')

    expect(await job.result()).toBe(3)
    expect(await stuck.status()).toBe('enqueued')
  })
})

describe('testBroker', () => {
  it('has a store of its own', async () => {
    await using one = testBroker({ spaces })
    await using other = testBroker({ spaces })
    await one.queue<typeof spaces>().t.add(1, 2).enqueued()

    expect(await other.queues.get().size()).toBe(0)
  })
})
