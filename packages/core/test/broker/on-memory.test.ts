import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AsyncPool } from '../../src/async-pool.ts'
import type { Broker } from '../../src/broker.ts'
import type { GetBrokerOptions } from '../../src/broker-options.ts'
import { currentJob } from '../../src/current-job.ts'
import { getBroker } from '../../src/get-broker.ts'
import { getQueue } from '../../src/get-queue.ts'
import type { Deferred, JobRef } from '../../src/queue/deferred.ts'
import { TaskSpace } from '../../src/tasks/task-space.ts'
import { KeptLog, rejection, settled } from '../client/broker-on-fake.ts'
import { ManualClock } from '../client/manual-clock.ts'

const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  fail: (text: string): number => {
    throw new Error(text)
  },
})

async function brokerAt(url: string, options: GetBrokerOptions = {}): Promise<Broker> {
  const broker = await getBroker(url, options)
  onTestFinished(() => broker.close())
  return broker
}

async function working(url = `memory:${randomUUID()}`, options: GetBrokerOptions = {}): Promise<Broker> {
  const broker = await brokerAt(url, options)
  broker.expose(math)
  await new AsyncPool(broker).start()
  return broker
}

describe('a broker on memory', () => {
  it('runs a graph of jobs whose arguments are results of others', async () => {
    const broker = await working()
    const q = broker.queue<typeof math>()

    const nums = ['1', '2', '3'].map((text) => q.math.num(text))
    const total = q.math.add(nums)

    expect(await total.result()).toBe(6)
    expect(total.toString()).toBe(`<Deferred math.add [default:${total.id}] success>`)
  })

  it('shares its store with others of the same URL and namespace, and with no one else', async () => {
    const url = `memory:${randomUUID()}`
    await working(url)
    const same = await brokerAt(url)
    const apart = await brokerAt(url, { namespace: 'apart' })
    const d = same.queue<typeof math>().math.num('7')

    expect(await d.result()).toBe(7)
    expect(await same.deferred<number>(d.id).result()).toBe(7)
    expect(await apart.deferred(d.id).status()).toBeUndefined()
  })

  it('takes the Deferreds of another broker on the same store', async () => {
    const url = `memory:${randomUUID()}`
    const one = (await working(url)).queue<typeof math>()
    const other = (await brokerAt(url)).queue<typeof math>()

    expect(await other.math.add([one.math.num('1'), other.math.num('2')]).result()).toBe(3)
  })

  it('keeps the jobs of a broker that is open while others come and go', async () => {
    const url = `memory:${randomUUID()}`
    const worker = await brokerAt(url)
    const q = await getQueue<typeof math>(url)
    const { id } = await q.math.num('7').enqueued()
    await q[Symbol.asyncDispose]()
    worker.expose(math)

    await new AsyncPool(worker).start()

    expect(await worker.deferred<number>(id).result()).toBe(7)
  })

  it('names the job that failed first to whoever depends on it [WQ-33]', async () => {
    const broker = await working(`memory:${randomUUID()}`, { logger: new KeptLog() })
    const q = broker.queue<typeof math>()
    const failed = q.math.fail('no')
    const sum = q.math.add([failed])

    const error = await rejection(q.math.add([sum]).result())

    expect(error).toMatchObject({ message: `math.fail [default:${failed.id}] Error: no`, id: failed.id })
  })

  it('runs a delayed job when its time has come, as the sweeper of the broker sees to it', async () => {
    const clock = new ManualClock()
    const broker = await working(`memory:${randomUUID()}`, { clock })
    const d = broker.queue<typeof math>().math.num.with({ delay: '1m' })('7')
    await d.enqueued()

    await clock.advance(59_999)
    expect(await d.status()).toBe('scheduled')
    await clock.advance(1)
    await settled()

    expect(await d.status()).toBe('success')
  })

  it('makes a delayed job ready also where nobody listens', async () => {
    const clock = new ManualClock()
    const broker = await brokerAt(`memory:${randomUUID()}`, { clock })
    const d: JobRef = broker.queue<typeof math>().math.num.with({ delay: '1m' })('7')
    await d.enqueued()

    await clock.advance(60_000)

    expect(await d.status()).toBe('enqueued')
  })

  it('refuses a duplicate id, as long as the record of the job is kept [WQ-23]', async () => {
    const broker = await working()
    const q = broker.queue<typeof math>()
    const num = q.math.num.with({ id: 'x' })
    await num('1').result()

    const error = await rejection(num('2').result())
    await broker.jobs.remove('x')

    expect(error).toMatchObject({ message: 'math.num [default:x] cannot enqueue task with duplicate id' })
    expect(await num('3').result()).toBe(3)
  })

  it('tells the value that is there from one that has expired', async () => {
    const clock = new ManualClock()
    const broker = await working(`memory:${randomUUID()}`, { clock })
    const d = broker.queue<typeof math>().math.num.with({ resultTtl: '1m' })('7')
    await d.result()
    await clock.advance(60_001)

    const late = broker.deferred<number>(d.id)

    expect(await d.result()).toBe(7)
    expect(await rejection(late.result())).toMatchObject({ code: 'TASK_EXPIRED' })
    expect(await late.status()).toBe('success')
  })

  it('ends the waits for what is drained [WQ-13] [WQ-20]', async () => {
    const broker = await brokerAt(`memory:${randomUUID()}`)
    const q = broker.queue<typeof math>('mail')
    const d: Deferred<number> = q.math.num('1')
    const failure = rejection(q.math.add([d]).result())
    await d.enqueued()
    expect(await broker.queues.get('mail').size()).toBe(2)

    expect(await broker.queues.get('mail').drain()).toBe(2)

    expect(await failure).toMatchObject({ code: 'TASK_EXPIRED' })
    expect(await broker.queues.get('mail').size()).toBe(0)
  })

  it('cancels a job that waits, and hides it unless it is asked for', async () => {
    const broker = await brokerAt(`memory:${randomUUID()}`)
    const d = broker.queue<typeof math>().math.num('1')
    const failure = rejection(d.result())

    expect(await d.cancel('not needed')).toBe(true)

    expect(await failure).toMatchObject({ code: 'TASK_FAILED', kind: 'canceled', text: 'canceled: not needed' })
    expect(await d.cancel()).toBe(false)
    expect(await rejection(broker.jobs.get(d.id))).toMatchObject({ code: 'NO_SUCH_JOB' })
    expect(await broker.jobs.get(d.id, { canceled: true })).toMatchObject({ state: 'canceled' })
  })

  it('refuses the calls of a job that is not its worker s any more', async () => {
    const broker = await brokerAt(`memory:${randomUUID()}`)
    const calls: Promise<unknown>[] = []
    let goOn = (): void => undefined
    const lost = new Promise<void>((resolve) => {
      goOn = resolve
    })
    broker.expose(
      new TaskSpace('parent', {
        run: async () => {
          const job = currentJob()
          if (job.attempt > 1) return
          await lost
          calls.push(rejection(job.queue().math.num('1').enqueued()))
        },
      }),
    )
    await new AsyncPool(broker, { concurrency: 1 }).start()
    const d: JobRef = broker.queue().parent.run()
    await expect.poll(() => d.status()).toBe('processing')

    await broker.jobs.expireLease(d.id)
    goOn()
    await expect.poll(() => calls.length).toBe(1)

    expect(await calls[0]).toMatchObject({ code: 'LEASE_LOST', id: d.id })
  })
})
