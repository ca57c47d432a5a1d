import { AsyncPool, type Broker, currentJob, type Deferred, TaskSpace, WorkerPool } from '@taskspace/core'
import { type BrokerHost, type Executor, HOST, type JobRun, JobRunner, type StopReason } from '@taskspace/core/pool'
import { expect, it } from 'vitest'
import { ProgramStore } from './program-store.ts'

const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  fail: (text: string): number => {
    throw new RangeError(text)
  },
  double: (n: number): Deferred<number> => currentJob().queue().math.add([n, n]),
})

/** Runs jobs with the tasks of another program: all that passes between it and the pool is plain data, as between processes. */
class MessagePool extends WorkerPool {
  readonly messages: unknown[] = []
  readonly #program: Broker

  constructor(broker: Broker, program: Broker) {
    super(broker, {}, { slots: 4, leaseMs: 5_000 })
    this.#program = program
  }

  protected override createExecutor(host: BrokerHost): Executor {
    const { codec, clock, queue } = host
    const { tasks } = this.#program[HOST]
    const home = { url: queue.url, namespace: queue.namespace }
    return new MessageExecutor(
      new JobRunner({ codec, clock, tasks, home, scope: (job) => host.scope(job) }),
      this.messages,
    )
  }
}

class MessageExecutor implements Executor {
  readonly #runner: JobRunner
  readonly #messages: unknown[]
  readonly #there = new WeakMap<JobRun, JobRun>()

  constructor(runner: JobRunner, messages: unknown[]) {
    this.#runner = runner
    this.#messages = messages
  }

  policies(): ReturnType<Executor['policies']> {
    return this.#runner.policies()
  }

  start(run: JobRun): number | undefined {
    const message = { job: run.job, values: run.values }
    const there: JobRun = {
      ...structuredClone(message),
      report: (settlement) => {
        const answer = structuredClone(settlement)
        this.#messages.push(answer)
        run.report(answer)
      },
      append: (news) => run.append(structuredClone(news)),
      heartbeat: () => run.heartbeat(),
      waiting: (id, until) => run.waiting(id, until),
      began: (limitMs) => run.began(limitMs),
    }
    this.#messages.push(message)
    this.#there.set(run, there)
    return this.#runner.start(there)
  }

  stop(run: JobRun, reason: StopReason): void {
    this.#runner.stop(this.#there.get(run) ?? run, reason)
  }

  abandon(run: JobRun, reason: StopReason): ReturnType<Executor['abandon']> {
    return this.#runner.abandon(this.#there.get(run) ?? run, reason)
  }

  close(): Promise<void> {
    return this.#runner.close()
  }
}

it('lets any pool serve any queue: results and failures come back, still encoded, to the program that has the queue [WQ-04]', async () => {
  const store = new ProgramStore()
  const broker = store.broker()
  const pool = new MessagePool(broker, store.broker(math))
  await pool.start()
  const q = broker.queue<typeof math>()

  const sum = q.math.add([q.math.num('1'), q.math.double(2)])
  const bad = q.math.fail('no')

  expect(await sum.result()).toBe(5)
  await expect(bad.result()).rejects.toMatchObject({ text: 'RangeError: no' })
  expect(pool.messages).toContainEqual(
    expect.objectContaining({
      job: expect.objectContaining({ id: sum.id, task: 'math.add' }),
      values: [
        { kind: 'value', payload: '1' },
        { kind: 'value', payload: '4' },
      ],
    }),
  )
  expect(pool.messages).toContainEqual(expect.objectContaining({ kind: 'success', id: sum.id, value: '5' }))
})

it('lets pools of different kinds share the work of one queue [WQ-04]', async () => {
  const store = new ProgramStore()
  const broker = store.broker(math)
  const pools = [new AsyncPool(broker, { concurrency: 4 }), new MessagePool(broker, store.broker(math))]
  await Promise.all(pools.map((pool) => pool.start()))
  const q = broker.queue<typeof math>()

  const nums = Array.from({ length: 50 }, (_, n) => q.math.num(`${n}`))

  expect(await q.math.add(nums).result()).toBe(1225)
})
