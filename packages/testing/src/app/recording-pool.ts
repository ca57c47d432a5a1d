import { AsyncPool, type AsyncPoolOptions, type Codec } from '@taskspace/core'
import type { Settlement } from '@taskspace/core/backend'
import type { BrokerHost, Executor, JobRun, PoolBroker, StopReason } from '@taskspace/core/pool'
import { type RanJob, ranJob } from './ran-job.ts'

/** An `AsyncPool` that tells of each run that has ended. */
export class RecordingPool extends AsyncPool {
  readonly #record: (ran: RanJob) => void

  constructor(broker: PoolBroker, options: AsyncPoolOptions, record: (ran: RanJob) => void) {
    super(broker, options)
    this.#record = record
  }

  protected override createExecutor(host: BrokerHost): Executor {
    return new RecordingExecutor(super.createExecutor(host), host.codec, this.#record)
  }
}

class RecordingExecutor implements Executor {
  readonly #inner: Executor
  readonly #codec: Codec
  readonly #record: (ran: RanJob) => void
  readonly #recorded = new WeakMap<JobRun, JobRun>()

  constructor(inner: Executor, codec: Codec, record: (ran: RanJob) => void) {
    this.#inner = inner
    this.#codec = codec
    this.#record = record
  }

  policies(): ReturnType<Executor['policies']> {
    return this.#inner.policies()
  }

  start(run: JobRun): number | undefined {
    const recorded: JobRun = {
      job: run.job,
      values: run.values,
      report: (settlement, error) => {
        this.#record(ranJob(run, settlement, this.#codec))
        run.report(settlement, error)
      },
      append: (news) => run.append(news),
      heartbeat: () => run.heartbeat(),
      waiting: (id, until) => run.waiting(id, until),
      began: (limitMs) => run.began(limitMs),
    }
    this.#recorded.set(run, recorded)
    return this.#inner.start(recorded)
  }

  stop(run: JobRun, reason: StopReason): void {
    this.#inner.stop(this.#recorded.get(run) ?? run, reason)
  }

  abandon(run: JobRun, reason: StopReason): Settlement {
    return this.#inner.abandon(this.#recorded.get(run) ?? run, reason)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
