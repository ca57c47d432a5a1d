import { AsyncPool, type Broker, type WorkerPool } from '@taskspace/core'
import { ProcessPool } from '@taskspace/process-pool'
import { ThreadPool } from '@taskspace/thread-pool'
import type { PoolName } from './options.ts'

/** Where the jobs run, and how many at once. */
export interface Workers {
  readonly pool: PoolName
  readonly workers: number | undefined
}

/** Files that are read at the same time on an event loop; counting itself takes turns there. */
const CONCURRENCY = 16

/** The tasks, for those who load them for themselves. */
const module = new URL('./tasks.ts', import.meta.url)

/**
 * The pool that runs the jobs. Merges go first, so that tables are put together soon after they are made. When it is told
 * to stop nobody wants what still runs.
 */
export function workersFor(broker: Broker, { pool, workers }: Workers): WorkerPool {
  const options = { queues: ['merges', 'files'], drainTimeout: 0 }
  if (pool === 'async') return new AsyncPool(broker, { ...options, concurrency: workers ?? CONCURRENCY })
  if (pool === 'thread') return new ThreadPool(broker, { ...options, module, workers })
  return new ProcessPool(broker, { ...options, module, workers })
}
