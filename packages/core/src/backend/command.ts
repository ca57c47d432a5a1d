import type { JobState } from './job-state.ts'
import type { Edge } from './new-job.ts'

/**
 * What happens to jobs that depend on a canceled one: `refuse` cancels nothing while there is one not named in the same
 * command (only those that have not ended count), `cancel` cancels them too, `release` treats the canceled job as failed
 * and applies each edge's `onError`.
 */
export type Cascade = 'refuse' | 'cancel' | 'release'

/**
 * End jobs for good. One that is not processing is canceled at once; a processing one is marked, its owner told, and it
 * ends as canceled with whatever its owner sends, or when its lease ends. Ended and unknown ids are left alone.
 * `refuse` is all or nothing and takes at most `MAX_CANCEL_IDS` ids. A job that forwards to a child of its own without
 * other dependents cancels that too.
 */
export interface CancelCommand {
  readonly kind: 'cancel'
  readonly ids: readonly string[]
  readonly reason: string
  readonly cascade: Cascade
}

/** Take a processing job from its owner: to the front of its line, with a higher token at the next claim; charges nothing. */
export interface ExpireLeaseCommand {
  readonly kind: 'expire-lease'
  readonly id: string
}

/** Change a job's priority; an enqueued one goes to the tail of its new line. */
export interface PriorityCommand {
  readonly kind: 'priority'
  readonly id: string
  readonly priority: number
}

/** Add order edges to a deferred job; edges that are satisfied already add nothing. */
export interface DependCommand {
  readonly kind: 'depend'
  readonly id: string
  readonly edges: readonly Edge[]
}

/** Remove order edges of a deferred job, or all of them; value edges stay, since the argument would be missing. */
export interface UndependCommand {
  readonly kind: 'undepend'
  readonly id: string
  readonly on: readonly string[] | 'all'
}

/**
 * Cancel all that is in a queue and not processing, in steps: from now on no job placed before is handed out. Those who
 * wait get `TASK_EXPIRED`; dependents in other queues follow their `onError`.
 */
export interface DrainCommand {
  readonly kind: 'drain'
  readonly queue: string
}

/** Forget an ended job: record, result and id. Values that dependents need stay until they have ended. */
export interface RemoveCommand {
  readonly kind: 'remove'
  readonly id: string
}

/** An order from outside about jobs or a queue. */
export type Command =
  | CancelCommand
  | ExpireLeaseCommand
  | PriorityCommand
  | DependCommand
  | UndependCommand
  | DrainCommand
  | RemoveCommand

/**
 * `canceled`, per id: the state it found (`processing` means told to stop), `undefined` for an unknown id.
 * `ok`: `count` things were changed (0: nothing to do). Else the command changed nothing.
 */
export type ControlAnswer =
  | { readonly code: 'canceled'; readonly found: readonly (JobState | undefined)[] }
  | { readonly code: 'has-dependents'; readonly id: string; readonly dependents: readonly string[] }
  | { readonly code: 'ok'; readonly count: number }
  | { readonly code: 'no-such-job'; readonly about: string }
  | { readonly code: 'invalid-state'; readonly state: JobState }
  | { readonly code: 'dependency-cycle' }
