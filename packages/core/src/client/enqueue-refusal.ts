import type { EnqueueRefusal } from '../backend/new-job.ts'
import type { JobEntry, JobIdentity } from '../deferred/job-entry.ts'
import { EXPIRED_TEXT } from '../errors/failure-record.ts'
import { DependencyCycle, LeaseLost, NoSuchJob, ResultIgnored } from '../errors/job-errors.ts'
import { DUPLICATE_TEXT, DuplicateTask, TaskExpired } from '../errors/task-failure.ts'
import type { Link } from './gathering.ts'

/** A job that was refused, and what it has to do with others. */
export interface RefusedCall {
  readonly job: JobIdentity
  /** What it travelled with, in order. */
  readonly batch: readonly JobEntry[]
  readonly links: readonly Link[]
}

/** Why the backend did not store a job, as an error. */
export function refusalError(refusal: EnqueueRefusal, { job, batch, links }: RefusedCall): unknown {
  switch (refusal.code) {
    case 'duplicate':
      return new DuplicateTask({ ...identityOf(job), text: DUPLICATE_TEXT, kind: 'duplicate' })
    case 'dependency':
      return batch[refusal.index]?.held
    case 'no-such-job':
      return new NoSuchJob(refusal.about)
    case 'task-expired':
      return expired(refusal.about, links)
    case 'result-ignored':
      return new ResultIgnored(refusal.about)
    case 'dependency-cycle':
      return new DependencyCycle(job.id)
    case 'lease-lost':
      return new LeaseLost(refusal.about)
  }
}

function expired(id: string, links: readonly Link[]): TaskExpired {
  const known = links.map(({ on }) => on).find((on) => typeof on !== 'string' && on.id === id)
  const job = typeof known === 'object' ? known : { id, name: '', queue: '' }
  return new TaskExpired({ ...identityOf(job), text: EXPIRED_TEXT, kind: 'expired' })
}

function identityOf({ id, name, queue }: JobIdentity): { task: string; queue: string; id: string } {
  return { task: name, queue, id }
}
