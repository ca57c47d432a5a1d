import { type HeldJob, type RenewReply, type ResumeReply, StaleCall } from '@taskspace/core/backend'
import { end } from './ending.ts'
import type { Job } from './job.ts'
import type { SessionState } from './session-state.ts'
import { giveBack } from './settle.ts'
import type { Store } from './store.ts'
import { workOff } from './work-off.ts'

/** Keep the lease of a session, and tell it what concerns what it holds. */
export function renew(store: Store, session: SessionState): RenewReply {
  session.leaseEnd = store.now() + session.leaseMs
  return { held: session.held.size, canceled: canceledOf(store, session), lost: session.lost.splice(0) }
}

function canceledOf(store: Store, session: SessionState): RenewReply['canceled'] {
  if (session.canceling === 0) return []
  return [...session.held].flatMap((job) => {
    const canceling = job.rare?.canceling
    return canceling === undefined ? [] : [{ id: job.id, token: store.tokenOf(job), reason: canceling.reason }]
  })
}

/** Begin a new epoch of a session; see the contract. */
export function resume(store: Store, session: SessionState, epoch: number, named: readonly HeldJob[]): ResumeReply {
  if (epoch < session.epoch) throw new StaleCall(`resume of epoch ${epoch}: the session is in epoch ${session.epoch}`)
  const now = store.now()
  const isRepeat = epoch === session.epoch
  session.leaseEnd = now + session.leaseMs
  if (!isRepeat) {
    beginEpoch(session, epoch)
    takeBackUnnamed(store, session, named, now)
    workOff(store, now)
  }
  return { lost: named.filter((each) => !isHeld(store, session, each)), applied: session.appliedBefore }
}

function takeBackUnnamed(store: Store, session: SessionState, named: readonly HeldJob[], now: number): void {
  // A job may be named more than once, by claims of it that came one after the other.
  const kept = new Set(named.filter((each) => isHeld(store, session, each)).map(({ id }) => id))
  for (const job of [...session.held]) {
    if (!kept.has(job.id)) takeBack(store, job, now)
  }
}

function beginEpoch(session: SessionState, epoch: number): void {
  session.appliedBefore = Object.fromEntries([...session.lanes].map(([lane, { number }]) => [lane, number]))
  session.lanes.clear()
  session.epoch = epoch
}

function takeBack(store: Store, job: Job, now: number): void {
  const canceling = job.rare?.canceling
  if (canceling === undefined) giveBack(store, job, 0, now)
  else end(store, job, canceling.failure, now)
}

function isHeld(store: Store, session: SessionState, { id, token }: HeldJob): boolean {
  const job = store.jobs.get(id)
  return job?.owner === session && store.tokenOf(job) === token
}
