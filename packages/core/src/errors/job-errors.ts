import { TaskspaceError } from './taskspace-error.ts'

/** What an error about one job is about. */
abstract class JobError extends TaskspaceError {
  /** Id of the job it is about. */
  readonly id: string

  constructor(id: string, text: string, options?: ErrorOptions) {
    super(text, options)
    this.id = id
  }
}

/** No job with this id is known in the namespace. */
export class NoSuchJob extends JobError {
  override readonly name = 'NoSuchJob'
  override readonly code = 'NO_SUCH_JOB'

  constructor(id: string) {
    super(id, `no such job: ${id}`)
  }
}

/** The job was enqueued with `ignoreResult`: it keeps no result to wait for or to pass on. */
export class ResultIgnored extends JobError {
  override readonly name = 'ResultIgnored'
  override readonly code = 'RESULT_IGNORED'

  constructor(id: string) {
    super(id, `job ${id} was enqueued with ignoreResult: it keeps no result`)
  }
}

/** `value` was read before the result is there: await `result()` or ask `hasValue()` first. */
export class ValueNotReady extends JobError {
  override readonly name = 'ValueNotReady'
  override readonly code = 'VALUE_NOT_READY'

  constructor(id: string) {
    super(id, `Deferred value not available: job ${id} has no result here yet; await result() first`)
  }
}

/** `result({ timeout })` took longer than allowed. The job goes on. */
export class WaitTimeout extends JobError {
  override readonly name = 'WaitTimeout'
  override readonly code = 'WAIT_TIMEOUT'

  constructor(id: string, timeoutMs: number) {
    super(id, `no result of job ${id} within ${timeoutMs} ms; the job goes on`)
  }
}

/** The worker no longer owns the job (its lease ended, or the job was replaced): what it sent changed nothing. */
export class LeaseLost extends JobError {
  override readonly name = 'LeaseLost'
  override readonly code = 'LEASE_LOST'

  constructor(id: string) {
    super(id, `lease of job ${id} is lost: another worker may own it, nothing was changed`)
  }
}

/** The operation is not allowed in the job's state; `state` tells which. */
export class InvalidState extends JobError {
  override readonly name = 'InvalidState'
  override readonly code = 'INVALID_STATE'
  readonly state: string

  constructor(id: string, state: string, text: string) {
    super(id, text)
    this.state = state
  }
}

/** Jobs depend on the one to cancel and were not named: cancel them too, or choose a `cascade`. */
export class HasDependents extends JobError {
  override readonly name = 'HasDependents'
  override readonly code = 'HAS_DEPENDENTS'
  /** Ids of the dependents, at most 25 of them. */
  readonly dependents: readonly string[]

  constructor(id: string, dependents: readonly string[]) {
    super(id, `job ${id} is a dependency of ${dependents.join(', ')}: cancel them too, or pass cascade`)
    this.dependents = dependents
  }
}

/** An edge would make jobs wait for each other. */
export class DependencyCycle extends JobError {
  override readonly name = 'DependencyCycle'
  override readonly code = 'DEPENDENCY_CYCLE'

  constructor(id: string) {
    super(id, `job ${id} would wait for itself: the dependency closes a cycle`)
  }
}

/** Waiting here would never end: every slot of the pool is taken by a job that waits. */
export class WouldDeadlock extends JobError {
  override readonly name = 'WouldDeadlock'
  override readonly code = 'WOULD_DEADLOCK'

  constructor(id: string) {
    super(id, `waiting for job ${id} inside a job would dead-lock: every slot of this pool waits already`)
  }
}
