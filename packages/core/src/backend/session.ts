import type { JobOutcome } from './outcome.ts'

/** What the backend has to know of a task before a worker runs it. */
export interface TaskPolicy {
  /** Crashes after which a job of the task fails. */
  readonly maxCrashes: number
}

/** A session to open. */
export interface SessionSpec {
  /** 96 random bits as text, new at each start. */
  readonly id: string
  /** How long jobs stay its own without a `renew`, in ms; absent for a session that never claims. */
  readonly leaseMs?: number
  /** For people: host, process, pool. */
  readonly label?: string
  /** The tasks it can run, by name; a policy only where it differs from the default. Absent for a session that never claims. */
  readonly tasks?: Readonly<Record<string, TaskPolicy | undefined>>
  /** The queues it claims from. */
  readonly queues?: readonly string[]
  /** Whose session it is, the same at each start: the name that a pool was given. `sightings` finds it by that. */
  readonly owner?: string
  /** Absent: 0. A later `begin` with a higher one puts its `tasks` and `queues` in the place of those before. */
  readonly revision?: number
}

/** A session as others see it, to tell whether its client lives. */
export interface SessionSighting {
  readonly id: string
  /** When it renewed last, in ms of the backend's clock, or made any later call that the backend took note of. */
  readonly seenAt: number
  /** How many jobs it holds. */
  readonly held: number
}

/** A claim, by its job and token. */
export interface HeldJob {
  readonly id: string
  readonly token: number
}

/** What `renew` tells the owner. */
export interface RenewReply {
  /** How many jobs the session holds: more or fewer than it knows of means that a reply was lost (`resume`). */
  readonly held: number
  /** Jobs it holds that are to stop, told until they are settled. */
  readonly canceled: readonly (HeldJob & { readonly reason: string })[]
  /** Claims it no longer holds, told once: expired by hand, or replaced. */
  readonly lost: readonly HeldJob[]
}

/** What `resume` found. */
export interface ResumeReply {
  /** Named, and not held: the session lost them or they were settled. */
  readonly lost: readonly HeldJob[]
  /** For each lane of the epoch before, the last number that was applied. */
  readonly applied: Readonly<Record<number, number>>
}

/**
 * What a session hears without asking. All of it is a hint that may be lost or repeated, except that a listener that may
 * have missed something is told `interrupted`.
 */
export interface SessionListener {
  /** Outcomes of jobs it enqueued with `reply` or watches. */
  outcomes(outcomes: readonly JobOutcome[]): void
  /** Something concerns what it holds: renew now. */
  notice(): void
  /** Something is due at this time of the backend's clock, earlier than the last `sweep` answered. */
  due(at: number): void
  /** Something was appended to these jobs, which it follows: progress, output or lines of the journal. */
  news(ids: readonly string[]): void
  /** The subscription was broken and is back: ask again for every outcome still waited for, follow again, and renew. */
  interrupted(): void
}

/** An open subscription of a session. */
export interface Subscription {
  /**
   * Tell the outcomes of these jobs as they end; those that have ended are told at once. Registers first and reads
   * second, so none is missed.
   */
  watch(ids: readonly string[]): Promise<void>
  /** Nobody waits for these any more. */
  unwatch(ids: readonly string[]): void
  /**
   * Tell `news` of these jobs from now on, until they end. Told nothing of what was there before, nor of unknown or ended
   * jobs: whoever follows reads after this, and waits for the end with `watch`.
   */
  follow(ids: readonly string[]): Promise<void>
  /** Nobody follows these any more. */
  unfollow(ids: readonly string[]): void
  /** End the subscription; idempotent. */
  close(): Promise<void>
}
