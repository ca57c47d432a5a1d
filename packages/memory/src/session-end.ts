import { DEFAULT_MAX_CRASHES, SESSION_SILENCE_MS } from '@taskspace/core/backend'
import { end, fail } from './ending.ts'
import { lostFailure } from './failures.ts'
import { note } from './history.ts'
import { isSuspect, type Job } from './job.ts'
import { letGo } from './ownership.ts'
import { enlistInFront } from './placing.ts'
import type { SessionState } from './session-state.ts'
import { giveBack } from './settle.ts'
import type { Store } from './store.ts'
import type { Work } from './work-list.ts'

/** The session's lease is over: its claims are void from now on, its jobs go back in steps. */
export function recordEnd(store: Store, session: SessionState): void {
  session.hasEnded = true
  store.holding.delete(session)
  store.work.add(new TakingBack(store, session, true))
}

/** The session leaves: what it holds goes back uncharged, in steps. */
export function closeSession(store: Store, session: SessionState): void {
  session.hasEnded = true
  session.listener = undefined
  store.sessions.delete(session.id)
  store.holding.delete(session)
  store.work.add(new TakingBack(store, session, false))
}

/** Forget sessions that made no call for a long time and hold nothing. */
export function forgetSilent(store: Store, now: number): void {
  for (const session of store.sessions.values()) {
    if (session.movedAt + SESSION_SILENCE_MS > now) return
    const isSilent = session.heardAt + SESSION_SILENCE_MS <= now && session.held.size === 0
    if (isSilent && session.listener === undefined) store.sessions.delete(session.id)
    else moveToEnd(store, session, now)
  }
}

/** A session was heard of. The order of the sessions is kept to the minute, since it costs something. */
export function touch(store: Store, session: SessionState, now: number): void {
  session.heardAt = now
  if (now - session.movedAt >= 60_000) moveToEnd(store, session, now)
}

function moveToEnd(store: Store, session: SessionState, now: number): void {
  session.movedAt = now
  store.sessions.delete(session.id)
  store.sessions.set(session.id, session)
}

/** Takes the jobs of a session back, one step each. */
class TakingBack implements Work {
  readonly #store: Store
  readonly #session: SessionState
  /** Whether its end was its worker's fault, for all we know. */
  readonly #charges: boolean
  /** If it held a suspect, that one alone is charged. */
  readonly #suspect: Job | undefined

  constructor(store: Store, session: SessionState, charges: boolean) {
    this.#store = store
    this.#session = session
    this.#charges = charges
    this.#suspect = [...session.held].find((job) => isSuspect(job) && !job.ahead)
  }

  run(budget: number): number {
    const now = this.#store.now()
    for (let steps = 0; steps < budget; steps += 1) {
      const job = this.#session.held.first
      if (job === undefined) return steps
      this.#takeBack(job, now)
    }
    return budget
  }

  #takeBack(job: Job, now: number): void {
    const canceling = job.rare?.canceling
    if (canceling !== undefined) return end(this.#store, job, canceling.failure, now)
    if (!this.#charges) return giveBack(this.#store, job, 0, now)
    if (job.ahead) job.attempt -= 1
    if (this.#isCharged(job)) return this.#charge(job, now)
    this.#return(job, now)
  }

  #isCharged(job: Job): boolean {
    return this.#suspect === undefined ? !job.ahead : job === this.#suspect
  }

  #charge(job: Job, now: number): void {
    const maxCrashes = job.rare?.maxCrashes ?? this.#session.maxCrashes(job.task) ?? DEFAULT_MAX_CRASHES
    job.crashes += 1
    if (job.crashes < maxCrashes) return this.#return(job, now)
    fail(this.#store, job, lostFailure(job, this.#store.tokenOf(job)), now)
  }

  #return(job: Job, now: number): void {
    note(job, 'lease-lost', now, this.#session.id)
    letGo(this.#store, job)
    enlistInFront(this.#store, job)
  }
}
