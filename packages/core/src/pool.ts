/** What pools are made of: the engine, and what a kind of pool adds to it. @packageDocumentation */
export { type BrokerHost, HOST, type JobScope } from './broker-host.ts'
export type { Home } from './deferred/home.ts'
export { toMs } from './duration.ts'
export { parseJournalLine } from './journal/journal-text.ts'
export { AlreadyStarted } from './pool/already-started.ts'
export type { ArgumentValue, Executor, JobMessage, JobReport, JobRun, StopReason } from './pool/executor.ts'
export { type Crash, type CrashReason, crashOf } from './pool/isolated/crash.ts'
export { type IsolatedPoolOptions, moduleUrl } from './pool/isolated/isolated-options.ts'
export { type IsolatedKind, IsolatedPool } from './pool/isolated/isolated-pool.ts'
export { importModule } from './pool/isolated/load-module.ts'
export type * from './pool/isolated/messages.ts'
export {
  type PackedFromWorker,
  type PackedToWorker,
  packedFromWorker,
  packedToWorker,
  unpackedFromWorker,
  unpackedToWorker,
} from './pool/isolated/packed-messages.ts'
export { receivedError, sentError } from './pool/isolated/sent-error.ts'
export { serveWorker } from './pool/isolated/serve-worker.ts'
export { type StackFrame, stackText } from './pool/isolated/stack-text.ts'
export type { JobHooks } from './pool/isolated/worker-jobs.ts'
export {
  monotonicMs,
  type Termination,
  type WorkerChannel,
  type WorkerExit,
  type WorkerLink,
  type WorkerSpawner,
  type WorkerUsage,
  type WorkerWatcher,
} from './pool/isolated/worker-link.ts'
export { WorkerStartFailed } from './pool/isolated/worker-start-failed.ts'
export type { WorkerStats } from './pool/isolated/worker-stats.ts'
export { JobContext, type JobHost } from './pool/job-context.ts'
export { JobRunner, type RunnerHost } from './pool/job-runner.ts'
export { type JobContextLike, jobStorage } from './pool/job-storage.ts'
export { LineJoiner } from './pool/line-joiner.ts'
export { type OutputName, tapOutput } from './pool/output-tap.ts'
export { PoolNameTaken } from './pool/pool-name-taken.ts'
export type { ExceptionHandler, FailedJob, PoolKind, PoolOptions } from './pool/pool-options.ts'
export { JobCanceled, JobTimedOut, PoolStopping } from './pool/stop-reasons.ts'
export { type PoolBroker, type PoolStats, type StopOptions, WorkerPool } from './pool/worker-pool.ts'
export type { RunPolicy, TaskDefinition, TaskFunction, TaskTemplate } from './tasks/task-definition.ts'
export { TaskRegistry } from './tasks/task-registry.ts'
