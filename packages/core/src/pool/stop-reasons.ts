import { TaskspaceError } from '../errors/taskspace-error.ts'

/** The job was canceled: reason of its `signal`. */
export class JobCanceled extends TaskspaceError {
  override readonly name = 'JobCanceled'
  override readonly code = 'JOB_CANCELED'

  constructor(reason: string) {
    super(reason === '' ? 'canceled' : `canceled: ${reason}`)
  }
}

/** The job runs longer than its `timeout`: reason of its `signal`. */
export class JobTimedOut extends TaskspaceError {
  override readonly name = 'JobTimedOut'
  override readonly code = 'JOB_TIMED_OUT'

  constructor(timeoutMs: number) {
    super(timeoutText(timeoutMs))
  }
}

/** The pool stops and has waited long enough: reason of the `signal`. The job is run again elsewhere. */
export class PoolStopping extends TaskspaceError {
  override readonly name = 'PoolStopping'
  override readonly code = 'POOL_STOPPING'

  constructor() {
    super('the pool stops: the job will be run again')
  }
}

/** What the failure of a job says that ran longer than it may. */
export function timeoutText(timeoutMs: number): string {
  return `timeout: ran longer than ${timeoutMs} ms`
}
