import { ResultIgnored } from '../errors/job-errors.ts'
import { DeferredJob } from './deferred-job.ts'

/** The handle on a job that keeps no result: what a call with `ignoreResult` returns. */
export class IgnoredJob extends DeferredJob {
  override get ignoresResult(): boolean {
    return true
  }

  override get value(): never {
    throw new ResultIgnored(this.id)
  }

  override hasValue(): boolean {
    return false
  }

  /** Rejects with `ResultIgnored`. */
  override result(): Promise<never> {
    return Promise.reject(new ResultIgnored(this.id))
  }

  protected override get kind(): string {
    return 'JobRef'
  }
}
