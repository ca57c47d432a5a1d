import { MAX_BATCH_BYTES, MAX_BATCH_ITEMS } from '../backend/limits.ts'
import type { Edge } from '../backend/new-job.ts'
import { payloadSize } from '../backend/payload.ts'
import type { DeferredJob } from '../deferred/deferred-job.ts'
import type { JobEntry } from '../deferred/job-entry.ts'
import type { Gathering, JobDraft, Link } from './gathering.ts'

/** Most edges that one call carries, unless it has but one job: as many as a store makes in a few milliseconds. */
const MAX_BATCH_EDGES = 256

/** What travels in one call. */
export interface Batch {
  readonly entries: readonly DeferredJob[]
  readonly jobs: readonly JobDraft[]
  /** Jobs passed over, since they need the answer to an enqueue that is not in this call, and those they wait for. */
  readonly held: readonly HeldCall[]
}

/** A call that cannot be sent yet. */
export interface HeldCall {
  readonly entry: DeferredJob
  readonly job: JobDraft
  readonly links: readonly Link[]
  readonly awaited: readonly JobEntry[]
}

/**
 * As many of the gathered jobs whose turn it is as one call may carry, and `most` at most; their turn is then over. A job
 * that needs one that was not stored is refused with the other's error.
 */
export function cutBatch(gathering: Gathering, most: number = MAX_BATCH_ITEMS): Batch {
  const cut = new Cut(gathering, most)
  while (gathering.left > 0 && cut.take(gathering.passed)) gathering.passed += 1
  return { entries: cut.entries, jobs: cut.jobs, held: cut.held }
}

class Cut {
  readonly entries: DeferredJob[] = []
  readonly jobs: JobDraft[] = []
  readonly held: HeldCall[] = []
  readonly #gathering: Gathering
  readonly #positions: Map<JobEntry, number> | undefined
  readonly #most: number
  #bytes = 0
  #edges = 0

  constructor(gathering: Gathering, most: number) {
    this.#gathering = gathering
    this.#most = most
    this.#positions = gathering.links.size > 0 ? new Map() : undefined
  }

  /** Returns whether the job's turn is over: false if it must wait for the next call. */
  take(index: number): boolean {
    const entry = this.#gathering.entries[index] as DeferredJob
    if (entry.phase !== 'gathered') return true
    const job = this.#gathering.jobs[index] as JobDraft
    const size = payloadSize(job.input) + (job.meta?.length ?? 0)
    const links = this.#gathering.links.get(entry)
    if (!this.#hasRoomFor(size, links?.length ?? 0)) return false

    if (links !== undefined && !this.#link(entry, job, links)) return true
    this.#bytes += size
    this.#edges += links?.length ?? 0
    this.#positions?.set(entry, this.jobs.length)
    this.entries.push(entry)
    this.jobs.push(job)
    return true
  }

  #hasRoomFor(size: number, edges: number): boolean {
    if (this.jobs.length === 0) return true
    if (this.#edges + edges > MAX_BATCH_EDGES) return false
    return this.jobs.length < this.#most && this.#bytes + size <= MAX_BATCH_BYTES
  }

  /** Write the job's edges; false if it cannot travel in this call. */
  #link(entry: DeferredJob, job: JobDraft, links: readonly Link[]): boolean {
    const awaited: JobEntry[] = []
    const edges: Edge[] = []
    for (const { kind, onError, on } of links) {
      const lost = typeof on !== 'string' && on.isLost
      if (lost) {
        entry.lose(on.held)
        return false
      }
      const place = this.#placeOf(on)
      if (place === undefined) awaited.push(on as JobEntry)
      else edges.push({ kind, onError, on: place })
    }
    if (awaited.length > 0) this.held.push({ entry, job, links, awaited })
    else job.edges = edges
    return awaited.length === 0
  }

  /** How the backend knows the other job: by its place in this call, or by its id once it is stored. */
  #placeOf(on: JobEntry | string): string | number | undefined {
    if (typeof on === 'string') return on
    return on.phase === 'gathered' ? this.#positions?.get(on) : on.id
  }
}
