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

/** Calls made in one tick, or while the ones before were under way, and how far they have come. */
export class Gathering {
  readonly entries: DeferredJob[] = []
  readonly jobs: JobDraft[] = []
  /** Of the few that have any. */
  readonly links = new Map<DeferredJob, readonly Link[]>()
  /** When the first call was made. */
  readonly since: number
  /** Of how many the turn is over. */
  passed = 0
  /** Calls of the contract that carry some of them, and are not answered. */
  underWay = 0

  constructor(since: number) {
    this.since = since
  }

  /** How many are to be sent. */
  get left(): number {
    return this.entries.length - this.passed
  }

  add(entry: DeferredJob, job: JobDraft, links: readonly Link[] | undefined): void {
    this.entries.push(entry)
    this.jobs.push(job)
    if (links !== undefined) this.links.set(entry, links)
  }
}
