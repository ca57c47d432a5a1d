import { describeWorkerPool } from '@taskspace/testing/kit'
import { ProcessPool } from '../src/index.ts'
import { SOURCES } from './sources.ts'

describeWorkerPool('ProcessPool', {
  create: (broker, { slots, ...options }) => {
    return new ProcessPool(broker, { ...options, minWorkers: 1, maxWorkers: slots, execArgv: SOURCES })
  },
})
