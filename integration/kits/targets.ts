import { AsyncPool } from '@taskspace/core'
import { ProcessPool } from '@taskspace/process-pool'
import type { WorkerPoolTarget } from '@taskspace/testing/kit'
import { ThreadPool } from '@taskspace/thread-pool'

type Create = WorkerPoolTarget['create']

const execArgv = ['--conditions=@taskspace/source']

/** How the kit makes each kind of pool. */
export const POOLS: Readonly<Record<'AsyncPool' | 'ThreadPool' | 'ProcessPool', Create>> = {
  AsyncPool: (broker, { slots, module: _, ...options }) => new AsyncPool(broker, { concurrency: slots, ...options }),
  ThreadPool: (broker, { slots, ...options }) => {
    return new ThreadPool(broker, { ...options, minWorkers: 1, maxWorkers: slots, execArgv })
  },
  ProcessPool: (broker, { slots, ...options }) => {
    return new ProcessPool(broker, { ...options, minWorkers: 1, maxWorkers: slots, execArgv })
  },
}
