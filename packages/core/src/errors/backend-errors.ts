import { TaskspaceError } from './taskspace-error.ts'

/** What is known of a call that failed: `rejected` it was not applied, `unknown` it may have been. */
export type CallOutcome = 'rejected' | 'unknown'

/** The backend could not be reached, or did not answer in time. */
export class BackendUnavailable extends TaskspaceError {
  override readonly name = 'BackendUnavailable'
  override readonly code = 'BACKEND_UNAVAILABLE'
  readonly outcome: CallOutcome

  constructor(text: string, outcome: CallOutcome, options?: ErrorOptions) {
    super(text, options)
    this.outcome = outcome
  }
}

/**
 * The store is there, and cannot be used as it is: wrong password, too old, set up to drop data, or no such store at all.
 * Trying again does not help; nothing was applied.
 */
export class BackendRefused extends TaskspaceError {
  override readonly name = 'BackendRefused'
  override readonly code = 'BACKEND_REFUSED'
}

/** The broker, queue or pool was closed before or during the call. */
export class Closed extends TaskspaceError {
  override readonly name = 'Closed'
  override readonly code = 'CLOSED'
}

/** A numbered call came too late: its session has sent a later one on that lane, or was resumed since. */
export class StaleCall extends TaskspaceError {
  override readonly name = 'StaleCall'
  override readonly code = 'STALE_CALL'
}

/** A numbered call came too early: the one it is to follow was not applied. Nothing was changed; it can be sent again. */
export class EarlyCall extends TaskspaceError {
  override readonly name = 'EarlyCall'
  override readonly code = 'EARLY_CALL'
}

/** What an error about a session says. */
abstract class SessionError extends TaskspaceError {
  /** Id of the session it is about. */
  readonly session: string

  constructor(session: string, text: string) {
    super(text)
    this.session = session
  }
}

/** The backend does not know the session: it was silent for 10 minutes, or the store was emptied. */
export class SessionUnknown extends SessionError {
  override readonly name = 'SessionUnknown'
  override readonly code = 'SESSION_UNKNOWN'

  constructor(session: string) {
    super(session, `session ${session} is not known: it was silent for too long, or the store was emptied`)
  }
}

/** The session's lease ended and a sweep has recorded it: it holds nothing any more and is never revived. */
export class SessionEnded extends SessionError {
  override readonly name = 'SessionEnded'
  override readonly code = 'SESSION_ENDED'

  constructor(session: string) {
    super(session, `session ${session} has lost its lease: what it held is run elsewhere`)
  }
}

/** More items than one all-or-nothing call may hold. */
export class BatchTooLarge extends TaskspaceError {
  override readonly name = 'BatchTooLarge'
  override readonly code = 'BATCH_TOO_LARGE'
}

/** Two parts of the program speak different versions of the backend contract, or a store cannot be read by this one. */
export class VersionMismatch extends TaskspaceError {
  override readonly name = 'VersionMismatch'
  override readonly code = 'VERSION_MISMATCH'
}
