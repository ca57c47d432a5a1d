/** Not part of the type, so that the types of two copies of the package agree. */
const BRAND = Symbol.for('taskspace/error')

/**
 * What every error thrown by Taskspace extends. Branch on `code`, which is stable, not on the class or the text:
 * errors cross threads, processes and package copies, where `instanceof` lies.
 */
export abstract class TaskspaceError extends Error {
  /** Stable, upper-case name of what went wrong, such as `DUPLICATE_TASK`. */
  abstract readonly code: string

  static {
    Object.defineProperty(TaskspaceError.prototype, BRAND, { value: true })
  }
}

/** Whether a value is an error of Taskspace, from whichever copy of the package; narrows to one `code` if given. */
export function isTaskspaceError(error: unknown, code?: string): error is TaskspaceError {
  if (typeof error !== 'object' || error === null) return false
  const { [BRAND]: branded, code: found } = error as { readonly [BRAND]?: unknown; readonly code?: unknown }
  return branded === true && (code === undefined || found === code)
}
