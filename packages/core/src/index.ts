/** Taskspace: typed tasks, queues to call them through, and Deferreds of their results. @packageDocumentation */
export { AsyncPool, type AsyncPoolOptions } from './async-pool.ts'
export type { Clock, Timer } from './backend/clock.ts'
export { systemClock } from './backend/clock.ts'
export type { Cascade } from './backend/command.ts'
export type { HistoryEntry, HistoryEvent, QueueCounts } from './backend/job-record.ts'
export { JOB_STATES, type JobState } from './backend/job-state.ts'
export type { OnDuplicate, OnError, StoredBackoff, StoredRunOptions } from './backend/new-job.ts'
export type { Payload } from './backend/payload.ts'
export { Broker } from './broker.ts'
export type { BrokerJobs, DependOptions, GetOptions } from './broker-jobs.ts'
export type { BrokerOptions, GetBrokerOptions } from './broker-options.ts'
export type { BrokerQueue, BrokerQueues } from './broker-queues.ts'
export type { OnEnqueueError } from './client/enqueue-report.ts'
export type { Codec, EncodedArguments } from './codec/codec.ts'
export type { CodecLimits } from './codec/codec-limits.ts'
export { SuperjsonCodec } from './codec/superjson-codec.ts'
export { type CurrentJob, currentJob, type FailOptions, type JobLog } from './current-job.ts'
export type { DeferredOf } from './deferred/deferred-of.ts'
export { type Duration, type DurationUnit, duration } from './duration.ts'
export * from './errors/backend-errors.ts'
export { EXPIRED_TEXT, type FailureKind, type FailureRecord } from './errors/failure-record.ts'
export * from './errors/job-errors.ts'
export { nonRetryable, TaskError, type TaskErrorOptions } from './errors/task-error.ts'
export { DuplicateTask, type FailureIdentity, isTaskFailure, TaskExpired, TaskFailure } from './errors/task-failure.ts'
export { isTaskspaceError, TaskspaceError } from './errors/taskspace-error.ts'
export * from './errors/usage-errors.ts'
export { getBroker } from './get-broker.ts'
export { getQueue, type QueueOptions, type SpacesOption } from './get-queue.ts'
export type { JobInfo, UnmetDependency } from './job-info.ts'
export type { JobEvent, JobNews, JobProgress, LogLevel, LogLine, LogSource } from './journal/job-news.ts'
export { consoleLogger, type Logger } from './logger.ts'
export { AlreadyStarted } from './pool/already-started.ts'
export { PoolNameTaken } from './pool/pool-name-taken.ts'
export type { ExceptionHandler, FailedJob, PoolOptions } from './pool/pool-options.ts'
export { JobCanceled, JobTimedOut, PoolStopping } from './pool/stop-reasons.ts'
export { type PoolBroker, type PoolStats, type StopOptions, WorkerPool } from './pool/worker-pool.ts'
export type {
  AllOptions,
  CallOptions,
  Dependency,
  JsonObject,
  JsonValue,
  ReuseIdWhen,
} from './queue/call-options.ts'
export { isSameQueue } from './queue/create-queue.ts'
export type {
  Deferrable,
  DeferrableArgs,
  DeferrableMap,
  DeferrableSet,
  Passable,
  PassableArgs,
  PassableMap,
  PassableSet,
  ResultOf,
} from './queue/deferrable.ts'
export type {
  CancelOptions,
  Deferred,
  DeferredRef,
  EventsOptions,
  FollowOptions,
  JobRef,
  LogsOptions,
  ResultOptions,
  WaitOptions,
} from './queue/deferred.ts'
export type {
  AnyQueue,
  Call,
  CallArgs,
  CallResult,
  Only,
  Queue,
  QueueNode,
  QueueTree,
  WithOptions,
} from './queue/queue.ts'
export type { Merged } from './queue/spaces.ts'
export { startPools } from './start-pools.ts'
export type {
  Backoff,
  BackoffFunction,
  BackoffOptions,
  ExponentialBackoff,
  FixedBackoff,
} from './tasks/backoff.ts'
export {
  type AnyFunction,
  type AnyTask,
  type InputTaskOptions,
  type NoSchema,
  type OutputOf,
  type OutputTaskOptions,
  type PlainTaskOptions,
  type ResultWith,
  type Returned,
  type Task,
  task,
} from './tasks/task.ts'
export { type LegalName, RESERVED_NAMES } from './tasks/task-name.ts'
export type { EnqueueOptions, RunOptions, SchemaOptions, TaskOptions } from './tasks/task-options.ts'
export type { ExposeOptions } from './tasks/task-registry.ts'
export { type AnySpace, isTaskSpace, type SpaceTypes, TaskSpace } from './tasks/task-space.ts'
export type { Transaction } from './transaction.ts'
