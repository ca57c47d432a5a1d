import { AsyncPool } from '@taskspace/core'
import { describeWorkerPool } from '../../src/pool-kit/describe-worker-pool.ts'

describeWorkerPool('AsyncPool', {
  create: (broker, { slots, ...options }) => new AsyncPool(broker, { concurrency: slots, ...options }),
})
