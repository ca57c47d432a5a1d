import { EVENT_LOOP_LEASE_MS } from './backend/limits.ts'
import type { HeldJob } from './backend/session.ts'
import type { BrokerHost } from './broker-host.ts'
import type { Executor } from './pool/executor.ts'
import { JobRunner } from './pool/job-runner.ts'
import { LoopWatch } from './pool/loop-watch.ts'
import type { PoolOptions } from './pool/pool-options.ts'
import { type PoolBroker, WorkerPool } from './pool/worker-pool.ts'
import { parseCount } from './queue/option-values.ts'

/** Options of an `AsyncPool`. */
export interface AsyncPoolOptions extends PoolOptions {
  /** How many jobs run at once; an integer from 1, or `Infinity`. Default 10. */
  readonly concurrency?: number | undefined
}

const CONCURRENCY = 10

/**
 * Runs jobs on the event loop of this process: right for tasks that mostly wait for something. Default lease 15 s, since a
 * task that computes keeps everything else here from running, renewals included; delays of the loop above a third of the
 * lease are logged with the tasks that ran.
 *
 * Code that does not heed its signal cannot be stopped: after the grace its slot is used for other jobs while it goes on,
 * and what it comes to is ignored. A task that ends the process takes its neighbours down.
 *
 * Nothing that a task throws ends the pool: it is stored as the job's failure (WQ-45).
 */
export class AsyncPool extends WorkerPool {
  /** @throws InvalidArgument for options that cannot be used. */
  constructor(broker: PoolBroker, options: AsyncPoolOptions = {}) {
    const { concurrency = CONCURRENCY, ...common } = options
    const slots = parseCount('concurrency', concurrency, 1)
    super(broker, common, { slots, leaseMs: EVENT_LOOP_LEASE_MS, ownOptions: ['concurrency'] })
  }

  protected override createExecutor(host: BrokerHost): Executor {
    const { codec, clock, tasks, queue } = host
    const home = { url: queue.url, namespace: queue.namespace }
    const { captureOutput } = this
    const scope = (job: HeldJob) => host.scope(job)
    const { transactions } = queue
    const runner = new JobRunner({ codec, clock, tasks, home, captureOutput, transactions, scope })
    return new LoopWatch({ runner, clock, logger: host.logger, limitMs: this.leaseMs / 3 })
  }
}
