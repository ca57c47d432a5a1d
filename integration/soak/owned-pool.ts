import { AsyncPool, type Broker, type PoolOptions, type WorkerPool } from '@taskspace/core'
import { ProcessPool } from '@taskspace/process-pool'
import { ThreadPool } from '@taskspace/thread-pool'
import { soak } from './soak-tasks.ts'

/** A kind of pool. */
export type PoolName = 'async' | 'thread' | 'process'

/** Its lease is short, so that the end of its owner is noticed soon. */
const OPTIONS: PoolOptions = { lease: '2s', grace: '100ms', drainTimeout: '5s' }

/** A pool that runs what is run while things are killed; `execArgv`: options of Node for workers, default this program's. */
export function ownedPool(kind: PoolName, broker: Broker, execArgv?: readonly string[]): WorkerPool {
  const isolated = { ...OPTIONS, workers: 2, execArgv, module: new URL('./soak-tasks.ts', import.meta.url) }
  if (kind === 'thread') return new ThreadPool(broker, isolated)
  if (kind === 'process') return new ProcessPool(broker, isolated)
  broker.expose(soak)
  return new AsyncPool(broker, { ...OPTIONS, concurrency: 8 })
}
