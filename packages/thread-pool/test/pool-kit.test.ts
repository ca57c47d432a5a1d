import { describeWorkerPool } from '@taskspace/testing/kit'
import { ThreadPool } from '../src/index.ts'
import { SOURCES } from './sources.ts'

describeWorkerPool('ThreadPool', {
  create: (broker, { slots, ...options }) => {
    return new ThreadPool(broker, { ...options, minWorkers: 1, maxWorkers: slots, execArgv: SOURCES })
  },
})
