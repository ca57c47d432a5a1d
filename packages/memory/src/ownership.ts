import type { Job } from './job.ts'
import { isSuspect } from './job.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import { tellNotice } from './telling.ts'

/** A session takes a job. */
export function own(store: Store, session: SessionState, job: Job): void {
  job.owner = session
  job.lastOwner = session.id
  session.held.append(job)
  store.holding.add(session)
  if (isSuspect(job)) session.suspect = job
}

/** The job's claim is over, if it had one. */
export function letGo(store: Store, job: Job): void {
  const session = job.owner
  if (session === undefined) return
  job.owner = undefined
  session.held.remove(job)
  if (session.suspect === job) session.suspect = undefined
  if (job.rare?.canceling !== undefined) {
    session.canceling -= 1
    job.rare.canceling = undefined
  }
  if (session.held.size === 0) store.holding.delete(session)
}

/** Take a job from its owner, who will hear of it. */
export function seize(store: Store, job: Job): void {
  const { owner, id } = job
  if (owner === undefined) return
  owner.lost.push({ id, token: store.tokenOf(job) })
  tellNotice(owner)
  letGo(store, job)
}
