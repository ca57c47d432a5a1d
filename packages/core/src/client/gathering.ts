import type { Edge, NewJob } from '../backend/new-job.ts'
import type { DeferredJob } from '../deferred/deferred-job.ts'
import type { JobEntry } from '../deferred/job-entry.ts'

/** A job on its way to the backend; its edges are written when it is known what it travels with. */
export type JobDraft = { -readonly [K in keyof NewJob]: NewJob[K] }

/** An edge before it is known how the backend will know the other job. */
export interface Link {
  readonly kind: Edge['kind']
  readonly onError: Edge['onError']
  /** The other job as it is known here, or the id of one that is not. */
  readonly on: JobEntry | string
}

/** Calls made in one tick, or while the ones before were under way. */
export class Gathering {
  readonly entries: DeferredJob[] = []
  readonly jobs: JobDraft[] = []
  /** Of the few that have any. */
  readonly links = new Map<DeferredJob, readonly Link[]>()
  /** When the first call was made. */
  readonly since: number

  constructor(since: number) {
    this.since = since
  }

  add(entry: DeferredJob, job: JobDraft, links: readonly Link[] | undefined): void {
    this.entries.push(entry)
    this.jobs.push(job)
    if (links !== undefined) this.links.set(entry, links)
  }
}
