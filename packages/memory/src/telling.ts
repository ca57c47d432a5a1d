import type { JobOutcome } from '@taskspace/core/backend'
import type { SessionState } from './session-state.ts'

/** Tell a session how a job ended; what happens in one tick comes together, after the call that caused it. */
export function tellOutcome(session: SessionState, outcome: JobOutcome): void {
  if (session.listener === undefined) return
  session.outcomes.push(outcome)
  tellLater(session)
}

/** Tell a session that something concerns what it holds. */
export function tellNotice(session: SessionState): void {
  if (session.listener === undefined) return
  session.hasNotice = true
  tellLater(session)
}

/** Tell a session that something was appended to a job that it follows. */
export function tellNews(session: SessionState, id: string): void {
  if (session.listener === undefined) return
  session.news.add(id)
  tellLater(session)
}

function tellLater(session: SessionState): void {
  if (session.isToldLater) return
  session.isToldLater = true
  queueMicrotask(() => tell(session))
}

function tell(session: SessionState): void {
  const { listener, outcomes, news, hasNotice } = session
  session.isToldLater = false
  session.outcomes = []
  if (news.size > 0) session.news = new Set()
  session.hasNotice = false
  if (outcomes.length > 0) listener?.outcomes(outcomes)
  if (news.size > 0) listener?.news([...news])
  if (hasNotice) listener?.notice()
}
