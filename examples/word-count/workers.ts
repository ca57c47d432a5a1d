import { AsyncPool, type Broker } from '@taskspace/core'

/** Files that are read at the same time; counting itself takes turns on the event loop. */
const CONCURRENCY = 16

/**
 * The pool that runs the jobs. Merges go first, so that tables are put together soon after they are made. When it is told
 * to stop nobody wants what still runs.
 */
export function workersFor(broker: Broker): AsyncPool {
  return new AsyncPool(broker, { queues: ['merges', 'files'], concurrency: CONCURRENCY, drainTimeout: 0 })
}
