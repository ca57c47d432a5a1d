import { type Call, EarlyCall, SessionEnded, SessionUnknown, StaleCall } from '@taskspace/core/backend'
import { touch } from './session-end.ts'
import type { AppliedCall, SessionState } from './session-state.ts'
import type { Store } from './store.ts'

/** The session of this id, which was heard of now. @throws SessionUnknown, SessionEnded */
export function liveSession(store: Store, id: string): SessionState {
  const session = store.sessions.get(id)
  if (session === undefined) throw new SessionUnknown(id)
  if (session.hasEnded) throw new SessionEnded(id)
  touch(store, session, store.now())
  return session
}

/**
 * The session of a call, and what was applied under its number before, if it is a repeat.
 *
 * @throws StaleCall for a number below the last applied one, or of an older epoch; EarlyCall if the call that it is to
 * follow was not applied.
 */
export function admit(store: Store, call: Call): { session: SessionState; applied: AppliedCall | undefined } {
  const session = liveSession(store, call.session)
  const last = session.lanes.get(call.lane)
  if (call.epoch !== session.epoch) throw stale(call, `the session is in epoch ${session.epoch}`)
  if (last === undefined || call.number > last.number) {
    if (isEarly(session, call)) throw early(call)
    return { session, applied: undefined }
  }
  if (call.number < last.number) throw stale(call, `call ${last.number} of lane ${call.lane} was applied since`)
  return { session, applied: last }
}

/** Remember what a call did, in case it comes again. */
export function remember(session: SessionState, call: Call, done: Omit<AppliedCall, 'number'>): void {
  const last = session.lanes.get(call.lane)
  if (last === undefined) {
    session.lanes.set(call.lane, { number: call.number, ...done })
    return
  }
  last.number = call.number
  last.answers = done.answers
  last.claimed = done.claimed
}

function isEarly(session: SessionState, { after }: Call): boolean {
  return after !== undefined && (session.lanes.get(after.lane)?.number ?? 0) < after.number
}

function early({ session, number, after }: Call): EarlyCall {
  const first = `call ${after?.number} of lane ${after?.lane}`
  return new EarlyCall(`call ${number} of session ${session} came before ${first}, which it is to follow`)
}

function stale(call: Call, reason: string): StaleCall {
  return new StaleCall(`call ${call.number} of session ${call.session}, epoch ${call.epoch}, came too late: ${reason}`)
}
