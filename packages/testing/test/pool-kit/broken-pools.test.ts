import { AsyncPool } from '@taskspace/core'
import type { Settlement } from '@taskspace/core/backend'
import type { BrokerHost, Executor, JobRun } from '@taskspace/core/pool'
import { describe, expect, it } from 'vitest'
import { POOL_GROUPS } from '../../src/pool-kit/groups.ts'
import { runPoolCase } from '../../src/pool-kit/pool-case.ts'
import type { KitPoolOptions, WorkerPoolTarget } from '../../src/pool-kit/worker-pool-target.ts'

type Broker = Parameters<WorkerPoolTarget['create']>[0]

/** What goes wrong between the engine and where jobs run. */
interface Flaw {
  /** In the place of what is reported. */
  readonly report?: (settlement: Settlement, run: JobRun) => Settlement
  /** In the place of running it, as for a job that runs twice. */
  readonly start?: (run: JobRun, start: (run: JobRun) => number | undefined) => number | undefined
  /** What a run may not ask. */
  readonly run?: Partial<JobRun>
  readonly deaf?: boolean
}

class FlawedPool extends AsyncPool {
  readonly #flaw: Flaw

  constructor(broker: Broker, { slots, module: _, ...options }: KitPoolOptions, flaw: Flaw) {
    super(broker, { concurrency: slots, ...options })
    this.#flaw = flaw
  }

  protected override createExecutor(host: BrokerHost): Executor {
    const inner = super.createExecutor(host)
    const { report = (settlement: Settlement) => settlement, start = (run, begin) => begin(run), deaf } = this.#flaw
    const flawed = new WeakMap<JobRun, JobRun>()
    const begin = (run: JobRun): number | undefined => {
      const other: JobRun = {
        ...{ job: run.job, values: run.values },
        append: (news) => run.append(news),
        heartbeat: () => run.heartbeat(),
        waiting: (id, until) => run.waiting(id, until),
        began: (limitMs) => run.began(limitMs),
        ...this.#flaw.run,
        report: (settlement, error) => run.report(report(settlement, run), error),
      }
      flawed.set(run, other)
      return inner.start(other)
    }
    return {
      policies: () => inner.policies(),
      start: (run) => start(run, begin),
      stop: (run, reason) => (deaf ? undefined : inner.stop(flawed.get(run) ?? run, reason)),
      abandon: (run, reason) => inner.abandon(flawed.get(run) ?? run, reason),
      close: () => inner.close(),
    }
  }
}

/** What a broken pool does not do in this time, it does not do. */
const SHORT_MS = 300

const success = ({ job }: JobRun): Settlement => ({ kind: 'success', id: job.id, token: job.token, value: '1' })

/** Run the one case with this title; resolves with whether it holds for such a pool. */
async function holds(title: string, create: WorkerPoolTarget['create'], patienceMs: number): Promise<boolean> {
  const found = POOL_GROUPS.flatMap(({ cases }) => cases).find((each) => each.title === title)
  if (found === undefined) throw new Error(`no case '${title}'`)
  return runPoolCase(found, { create, patienceMs }).then(
    () => true,
    () => false,
  )
}

describe('the pool kit finds', () => {
  it.each<[string, string, Flaw]>([
    [
      'a pool that takes failures for successes',
      'of a task that throws tell TYPE: message [WQ-44, RW-37]',
      { report: (settlement, run) => (settlement.kind === 'failure' ? success(run) : settlement) },
    ],
    [
      'a pool that does not run jobs again',
      'come after the back-off of the task',
      { report: (settlement) => (settlement.kind === 'retry' ? { ...settlement, kind: 'failure' } : settlement) },
    ],
    [
      'a pool that loses values on the way',
      'hands values over as they are, both ways',
      { report: (settlement, run) => (settlement.kind === 'success' ? success(run) : settlement) },
    ],
    [
      'a pool that stores no progress',
      'shows progress while the job runs, the last value of a tick',
      { run: { append: () => Promise.resolve('ok') } },
    ],
    [
      'a pool that stores no lines',
      'keep what a job logged, in order, when it has ended [RW-36]',
      { run: { append: () => Promise.resolve('ok') } },
    ],
    [
      'a pool that lends no slots to jobs that wait',
      'lends no more slots than the pool has: beyond that waiting is refused',
      {
        run: {
          waiting: () => {
            throw new Error('WouldDeadlock')
          },
        },
      },
    ],
    [
      'a pool that lets jobs run to their end that are to stop',
      'keeps the result of a job that ends well when it is told to stop',
      { deaf: true },
    ],
    [
      'a pool that forgets what jobs return',
      'have the result of a job that they return',
      { report: (settlement, run) => (settlement.kind === 'forward' ? success(run) : settlement) },
    ],
  ])('%s', async (_, title, flaw) => {
    const sound = await holds(title, (broker, options) => new FlawedPool(broker, options, {}), 15_000)
    const flawed = await holds(title, (broker, options) => new FlawedPool(broker, options, flaw), SHORT_MS)

    expect([sound, flawed]).toEqual([true, false])
  })

  it('a pool that runs more jobs at once than it has slots', async () => {
    const create: WorkerPoolTarget['create'] = (broker, { slots, ...options }) =>
      new AsyncPool(broker, { concurrency: slots + 1, ...options })

    expect(await holds('runs as many jobs at once as it has slots, and no more [PT-18]', create, SHORT_MS)).toBe(false)
  })

  it('a pool that waits for ever for jobs to finish', async () => {
    const create: WorkerPoolTarget['create'] = (broker, { slots, ...options }) =>
      new AsyncPool(broker, { concurrency: slots, ...options, drainTimeout: '1h' })

    expect(await holds('stops though the backend is away', create, SHORT_MS)).toBe(false)
  })

  it('a pool that serves a queue which is not its own', async () => {
    const create: WorkerPoolTarget['create'] = (broker, { slots, ...options }) =>
      new AsyncPool(broker, { concurrency: slots, ...options, queues: ['mail', 'web', 'other'] })

    expect(await holds('are served if they are those of the pool, and no others', create, SHORT_MS)).toBe(false)
  })
})
