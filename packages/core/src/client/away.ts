import type { BackendUnavailable, SessionEnded, SessionUnknown } from '../errors/backend-errors.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'

/** Whether the backend could not be reached, or did not answer. */
export function isUnavailable(error: unknown): error is BackendUnavailable {
  return isTaskspaceError(error, 'BACKEND_UNAVAILABLE')
}

/** Whether work that goes on in the background has nothing to report: the backend is away, or being closed. */
export function isAway(error: unknown): boolean {
  return isUnavailable(error) || isTaskspaceError(error, 'CLOSED')
}

/** Whether the backend does not know the session, or has ended it: it goes on as a new one. */
export function isSessionGone(error: unknown): error is SessionUnknown | SessionEnded {
  return isTaskspaceError(error, 'SESSION_UNKNOWN') || isTaskspaceError(error, 'SESSION_ENDED')
}
