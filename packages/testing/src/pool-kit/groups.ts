import { cancelCases } from './groups/cancel-cases.ts'
import { currentJobCases } from './groups/current-job-cases.ts'
import { drainCases } from './groups/drain-cases.ts'
import { failureCases } from './groups/failure-cases.ts'
import { graphCases } from './groups/graph-cases.ts'
import { leaseCases } from './groups/lease-cases.ts'
import { lifecycleCases } from './groups/lifecycle-cases.ts'
import { logCases } from './groups/log-cases.ts'
import { networkCases } from './groups/network-cases.ts'
import { queueCases } from './groups/queue-cases.ts'
import { resumeCases } from './groups/resume-cases.ts'
import { retryCases } from './groups/retry-cases.ts'
import { runningCases } from './groups/running-cases.ts'
import type { PoolGroup } from './pool-case.ts'

/** Every case of the pool kit, by the part of a pool that it is about. */
export const POOL_GROUPS: readonly PoolGroup[] = [
  lifecycleCases,
  runningCases,
  queueCases,
  graphCases,
  failureCases,
  retryCases,
  currentJobCases,
  logCases,
  cancelCases,
  drainCases,
  leaseCases,
  networkCases,
  resumeCases,
]
