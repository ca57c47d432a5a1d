/** The part of the conformance kit that is about pools. */
export { describeWorkerPool } from './pool-kit/describe-worker-pool.ts'
export { kitTasks } from './pool-kit/kit-tasks.ts'
export type { KitPoolOptions, WorkerPoolTarget } from './pool-kit/worker-pool-target.ts'
