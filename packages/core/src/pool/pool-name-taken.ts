import { TaskspaceError } from '../errors/taskspace-error.ts'

/** A pool with `resume: true` was not started, since another one that lives has its name. */
export class PoolNameTaken extends TaskspaceError {
  override readonly name = 'PoolNameTaken'
  override readonly code = 'POOL_NAME_TAKEN'
  /** The name of both pools. */
  readonly pool: string

  constructor(pool: string) {
    super(`another pool with the name '${pool}' is running: give each its own name to resume under`)
    this.pool = pool
  }
}
