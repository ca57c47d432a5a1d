import { AsyncPool } from '@taskspace/core'
import { describeWorkerPool } from '../../src/pool-kit/describe-worker-pool.ts'

describeWorkerPool('AsyncPool', {
  create: (broker, { slots, module: _, ...options }) => new AsyncPool(broker, { concurrency: slots, ...options }),
})
