import type { BrokerHost } from '../../broker-host.ts'
import type { JobRun } from '../executor.ts'
import type { Crash } from './crash.ts'
import type { HostedWorker } from './hosted-worker.ts'
import type { SetupMessage, TaskNote } from './messages.ts'
import type { WorkerSpawner } from './worker-link.ts'

/**
 * `starting` loads · `ready` · `leaving` gets no more jobs, and ends when it has none · `dying` was told to end at once ·
 * `ended`
 */
export type WorkerPhase = 'starting' | 'ready' | 'leaving' | 'dying' | 'ended'

/** What a worker needs of its host. */
export interface HostedWorkerOptions {
  readonly spawner: WorkerSpawner
  readonly setup: SetupMessage
  readonly host: Pick<BrokerHost, 'queue' | 'logger' | 'codec'>
  readonly startTimeoutMs: number
  /** Jobs after which it is replaced. */
  readonly maxJobs: number
}

/** Told what concerns all workers. */
export interface HostedWorkerOwner {
  ready(worker: HostedWorker, tasks: Readonly<Record<string, TaskNote>>): void
  /** That many jobs have ended, for which a worker was busy so long, in ms. */
  worked(jobs: number, ms: number): void
  /** It can take more than before. */
  lent(worker: HostedWorker): void
  unstarted(runs: readonly JobRun[], late: boolean): void
  /** It gets no more jobs: another one may take its place. */
  retired(worker: HostedWorker): void
  /** It takes no jobs for a while, or takes them again. */
  paused(worker: HostedWorker, paused: boolean): void
  /** It is gone; `crash`: why, unless it was ended on purpose. `wasReady`: it had loaded its tasks. */
  ended(worker: HostedWorker, crash: Crash | undefined, wasReady: boolean): void
  output(worker: HostedWorker, stream: 'stdout' | 'stderr', lines: readonly string[]): void
  /** Where its code is, for the log. */
  stack(worker: HostedWorker, report: string): void
}
