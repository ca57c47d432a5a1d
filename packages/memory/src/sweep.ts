import { MAX_INLINE_STEPS, type SweepReply } from '@taskspace/core/backend'
import { end } from './ending.ts'
import { drainedFailure } from './failures.ts'
import { note } from './history.ts'
import { displace, enlist, isDrained } from './placing.ts'
import { applyRetention, nextRetention } from './retention.ts'
import { forgetSilent, recordEnd } from './session-end.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import { hasWork, runWork } from './work-off.ts'

/** Act on time. */
export function sweep(store: Store): SweepReply {
  const now = store.now()
  endLeases(store, now)
  forgetSilent(store, now)
  let left = MAX_INLINE_STEPS
  left -= promote(store, now, left)
  left = runWork(store, left)
  left -= applyRetention(store, now, left)
  const next = nextSweep(store)
  store.nextDue = next
  const more = left === 0 || hasWork(store)
  return next === Number.POSITIVE_INFINITY ? { more } : { next: store.toTime(next), more }
}

/** Record the end of leases. After a gap nobody is at fault: those leases start anew. */
function endLeases(store: Store, now: number): void {
  const gapMs = store.lastSweep === undefined ? Number.POSITIVE_INFINITY : now - store.lastSweep
  store.lastSweep = now
  for (const session of store.holding) {
    if (gapMs > session.leaseMs / 2) session.leaseEnd = Math.max(session.leaseEnd, now + session.leaseMs)
    else if (session.leaseEnd <= now) recordEnd(store, session)
  }
}

/** Let jobs whose time has come be ready, in the order of their times. */
function promote(store: Store, now: number, budget: number): number {
  for (let steps = 0; steps < budget; steps += 1) {
    const job = store.due.first
    if (job === undefined || job.runAt > now) return steps
    if (isDrained(job)) {
      end(store, job, drainedFailure(job), now)
      continue
    }
    displace(store, job)
    note(job, 'due', now)
    enlist(store, job)
  }
  return budget
}

function nextSweep(store: Store): number {
  let next = Math.min(store.due.first?.runAt ?? Number.POSITIVE_INFINITY, nextRetention(store))
  for (const session of store.holding) next = Math.min(next, nextLook(store, session))
  return next
}

/** So often that its end can be recorded: a longer gap would count as an outage. */
function nextLook(store: Store, session: SessionState): number {
  return Math.min(session.leaseEnd, (store.lastSweep ?? 0) + session.leaseMs / 4)
}
