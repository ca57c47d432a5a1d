import type { Payload } from './payload.ts'

/** What a dependent does when a job it needs fails or is canceled: fail alike, run with the failure, or go on waiting. */
export type OnError = 'fail' | 'pass' | 'wait'

/** What happens when the id of a new job is taken: refuse it, put it in the old one's place, or adopt the old one. */
export type OnDuplicate = 'reject' | 'replace' | 'return'

/**
 * One thing a job waits for. A value edge stands for an argument: the n-th value edge fills hole n of the input.
 *
 * `value`: an unknown id is refused (`no-such-job`), also a dropped result (`task-expired`) and a job without one
 * (`result-ignored`). `order`: an unknown id counts as satisfied.
 */
export interface Edge {
  readonly kind: 'value' | 'order'
  /**
   * Id of the other job, which is stored; or the index of an earlier item of the same call: if that item was not
   * accepted, this one is refused (`dependency`), whoever else has its id.
   */
  readonly on: string | number
  readonly onError: OnError
}

/** Back-off as data: `delay` before the first retry, in ms; exponential doubles it, up to `maxMs`. */
export interface StoredBackoff {
  readonly type: 'fixed' | 'exponential'
  readonly delayMs: number
  readonly maxMs?: number
  /** Share of the delay that is random, 0 … 1. */
  readonly jitter?: number
}

/** Run options given with a call; absent ones are the task's. The backend keeps them and hands them out with the job. */
export interface StoredRunOptions {
  readonly timeoutMs?: number
  readonly retries?: number
  readonly backoff?: StoredBackoff
}

/** A job to store. */
export interface NewJob {
  /** Unique in the namespace, 1 … `MAX_NAME_LENGTH` UTF-16 units of any kind. */
  readonly id: string
  /** Whether the id was made by the client (a uuidv7, which nobody else uses) rather than chosen by a user. */
  readonly generated: boolean
  readonly task: string
  readonly queue: string
  /** Encoded arguments, with holes for value edges. */
  readonly input: Payload
  /** Absent: none. With `onDuplicate: 'replace'`, order edges absent here are kept from the job replaced. */
  readonly edges?: readonly Edge[]
  /** 32-bit integer, higher first. Absent: 0, or the replaced job's. */
  readonly priority?: number
  /** Not before this long from now, in ms. */
  readonly delayMs?: number
  /** Not before this time of the backend's clock, in ms since the epoch. */
  readonly runAt?: number
  /** Run options given with the call. With `replace`, `retries` absent here are kept. */
  readonly run?: StoredRunOptions
  /** Crashes after which the job fails; absent: the claiming session's policy for the task, else 3. */
  readonly maxCrashes?: number
  /** How long the result is kept after success; absent: what the settlement says. `Infinity` is for ever. */
  readonly resultTtlMs?: number
  /** Keep no result, and on success neither record nor id; a failure is kept like any other. */
  readonly ignoreResult?: boolean
  /** Absent: `reject`. */
  readonly onDuplicate?: OnDuplicate
  /** Take the id of a job that has ended as if it were free. */
  readonly reuseEnded?: boolean
  /** Labels for people, in the order given. Absent with `replace`: kept. */
  readonly tags?: readonly string[]
  /** JSON text that belongs to the job, for people and programs that look at it. */
  readonly meta?: string
  /** The job that made this call, by its claim: if it lost its lease, the item is refused (`lease-lost`). */
  readonly parent?: { readonly id: string; readonly token: number }
  /** The calling session waits for the outcome: push it there without a `watch`. */
  readonly reply?: boolean
}

/** Why an item was not stored. */
export type EnqueueRefusal =
  | { readonly code: 'duplicate' }
  | { readonly code: 'dependency'; readonly index: number }
  | {
      readonly code: 'no-such-job' | 'task-expired' | 'result-ignored' | 'dependency-cycle' | 'lease-lost'
      readonly about: string
    }

/** `ok` stored · `existing` adopted (`onDuplicate: 'return'`) · else refused. */
export type EnqueueAnswer = 'ok' | 'existing' | EnqueueRefusal
