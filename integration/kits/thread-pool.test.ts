import { describeWorkerPool } from '@taskspace/testing/kit'
import { stores } from './stores.ts'
import { POOLS } from './targets.ts'

for (const [name, store] of Object.entries(stores())) {
  describeWorkerPool(`ThreadPool on ${name}`, { create: POOLS.ThreadPool, ...store })
}
