import type { StoredBackoff } from '../../backend/new-job.ts'
import type { Payload } from '../../backend/payload.ts'
import type { SessionListener } from '../../backend/session.ts'
import type { Settlement } from '../../backend/settlement.ts'
import type { JobMessage, JobReport, StopReason } from '../executor.ts'

/**
 * What host and worker say to each other: plain data that structured clone carries as it is. It holds `undefined` in
 * arrays, `Infinity`, maps and bytes, so plain JSON does not carry all of it.
 */

/** What a worker needs before its first job. */
export interface SetupMessage {
  readonly kind: 'setup'
  /** File URL of the module that holds the tasks. */
  readonly module: string
  /** Arguments of the module's `init` function, encoded with the default codec. */
  readonly args: Payload
  /** Where the jobs are. */
  readonly url: string
  readonly namespace: string
  readonly contractVersion: number
  /** Largest payload that a job may send. */
  readonly maxPayloadBytes: number
  /** Jobs that it runs at once; more are sent ahead of their turn. */
  readonly concurrency: number
  /** What jobs write to stdout and stderr goes to their logs, and nowhere else. */
  readonly captureOutput: boolean
  /** The store has transactions, in which tasks can call and complete. */
  readonly transactions: boolean
  /** It says so (`full`) when it takes more memory than this between jobs; absent: no limit. */
  readonly maxMemoryBytes?: number
}

/** Run a job. Those of one worker are started in the order of their numbers. */
export interface RunMessage extends JobMessage {
  readonly kind: 'run'
  /** Counts the jobs sent to this worker, from 1. */
  readonly seq: number
  /**
   * Do not start it after this, in ms of the machine's monotonic clock (`monotonicMs`): the host gives it to another
   * worker then. Absent: it is this worker's, whenever it gets to it.
   */
  readonly startBy?: number
}

/** The answer to an `ask`. Errors travel as `SentError`. */
export type AnswerMessage =
  | { readonly kind: 'answer'; readonly ask: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly ask: number; readonly error: SentError }

/** An error of the library, or a strange one, as it travels; it arrives as one with the same code and fields. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  /** Its other own fields, as far as they are plain. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>
}

/** What a subscription of the worker hears. */
export type HeardMessage = {
  readonly [E in keyof SessionListener]: {
    readonly kind: 'heard'
    readonly subscription: number
    readonly event: E
    readonly args: Parameters<SessionListener[E]>
  }
}[keyof SessionListener]

/** What the host sends. */
export type ToWorker =
  | SetupMessage
  | RunMessage
  | AnswerMessage
  | HeardMessage
  | { readonly kind: 'stop'; readonly seq: number; readonly reason: StopReason }
  /** Start none of the jobs that wait for their turn, but tell them as skipped. */
  | { readonly kind: 'skip-waiting' }
  /** Nothing runs any more: end. */
  | { readonly kind: 'leave' }

/** What a host has to know of a task to look after its jobs. */
export interface TaskNote {
  readonly maxCrashes: number
  readonly timeoutMs?: number
  readonly retries: number
  /** Absent: a function, of which `delays` are what it says to a job that ran out of time the first, second … time. */
  readonly backoff?: StoredBackoff
  readonly delays?: readonly number[]
}

/** What a worker asks of the queue of its host, on behalf of the code that runs in it: an operation of the contract. */
export interface AskMessage {
  readonly kind: 'ask'
  readonly ask: number
  readonly what: Ask
}

/** An operation of the contract that a worker may ask for, with its arguments but for signals. */
export type QueueMethod =
  | 'begin'
  | 'end'
  | 'renew'
  | 'resume'
  | 'enqueue'
  | 'claim'
  | 'settle'
  | 'sightings'
  | 'append'
  | 'control'
  | 'read'
  | 'readValue'
  | 'journal'
  | 'counts'
  | 'sweep'
  | 'now'
  | 'shiftClock'

/** What a worker may ask of the store's transactions. */
export type TransactionMethod = 'enqueue' | 'enqueued' | 'complete'

/** What a worker asks. */
export type Ask =
  | { readonly kind: 'transaction'; readonly method: TransactionMethod; readonly args: readonly unknown[] }
  /** What an error that a statement raised means; answered with a `SentError`, or nothing where it is the driver's own. */
  | { readonly kind: 'transaction-failure'; readonly error: SentError }
  | { readonly kind: 'queue'; readonly method: QueueMethod; readonly args: readonly unknown[] }
  | { readonly kind: 'listen'; readonly session: string; readonly subscription: number }
  | { readonly kind: 'watch' | 'follow'; readonly subscription: number; readonly ids: readonly string[] }
  | { readonly kind: 'unlisten'; readonly subscription: number }
  | { readonly kind: 'news'; readonly seq: number; readonly news: JobReport }
  | { readonly kind: 'heartbeat'; readonly seq: number }
  /** The job waits for job `id`; answered at once, or refused with `WouldDeadlock`. Ends with `waited`. */
  | { readonly kind: 'waiting'; readonly seq: number; readonly wait: number; readonly id: string }

/** What a worker sends. */
export type FromWorker =
  | AskMessage
  /** Break off what was asked: a claim that waits. */
  | { readonly kind: 'unask'; readonly ask: number }
  | { readonly kind: 'unwatch' | 'unfollow'; readonly subscription: number; readonly ids: readonly string[] }
  | { readonly kind: 'ready'; readonly tasks: Readonly<Record<string, TaskNote>> }
  | { readonly kind: 'load-failed'; readonly error: SentError }
  /** The job's time begins to run. Only of a job with a time limit, and before its code starts. */
  | { readonly kind: 'began'; readonly seq: number; readonly limitMs: number }
  | { readonly kind: 'done'; readonly seq: number; readonly settlement: Settlement; readonly error?: SentError }
  /** So many jobs have ended since it said so last, for which it was busy so long, in ms. */
  | { readonly kind: 'worked'; readonly jobs: number; readonly ms: number }
  /** Not started in time, or told not to: the job is free to run elsewhere. */
  | { readonly kind: 'skipped'; readonly seq: number }
  | { readonly kind: 'waited'; readonly wait: number }
  /** The task has completed its job in a transaction of its own. */
  | { readonly kind: 'completed'; readonly seq: number }
  /** A fault that no job caught. The worker is of no use any more; `seq`: the job that it belongs to, if that still runs. */
  | {
      readonly kind: 'fault'
      readonly reason: 'unhandled-rejection' | 'uncaught-exception'
      readonly seq?: number
      /** Name of the task that it comes from, also where its job has ended. */
      readonly task?: string
      readonly error: SentError
    }
  /** `process.exit` was called, by this job if it is known. */
  | { readonly kind: 'exiting'; readonly code: number; readonly seq?: number }
  /** Somebody wants it to take no jobs for a while, or to take them again. */
  | { readonly kind: 'paused'; readonly paused: boolean }
  /** Somebody wants it to end when it has done what it has. */
  | { readonly kind: 'retire' }
  /** It takes too much memory: send it nothing more. */
  | { readonly kind: 'full'; readonly bytes: number }
