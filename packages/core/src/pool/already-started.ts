import { TaskspaceError } from '../errors/taskspace-error.ts'

/** The pool was started before: one that runs cannot be started, nor can one that was stopped (WQ-61). */
export class AlreadyStarted extends TaskspaceError {
  override readonly name = 'AlreadyStarted'
  override readonly code = 'ALREADY_STARTED'
}
