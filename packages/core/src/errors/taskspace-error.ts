/**
 * What every error thrown by Taskspace extends. Branch on `code`, which is stable, not on the class or the text:
 * errors cross threads, processes and package copies, where `instanceof` lies.
 */
export abstract class TaskspaceError extends Error {
  /** Stable, upper-case name of what went wrong, such as `DUPLICATE_TASK`. */
  abstract readonly code: string
}

/** Whether a value is an error of Taskspace, from whichever copy of the package; narrows to one `code` if given. */
export function isTaskspaceError(error: unknown, code?: string): error is TaskspaceError {
  if (!(error instanceof Error)) return false
  const found = (error as Partial<TaskspaceError>).code
  return typeof found === 'string' && KNOWN.has(found) && (code === undefined || found === code)
}

const KNOWN = new Set<string>()

/** Make a code known to `isTaskspaceError`; each error class does so once, where it is defined. */
export function errorCode<const Code extends string>(code: Code): Code {
  KNOWN.add(code)
  return code
}
