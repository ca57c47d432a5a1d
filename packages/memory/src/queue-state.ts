import type { JobState } from '@taskspace/core/backend'
import type { Job } from './job.ts'
import { isReturnedBefore, JobHeap } from './job-heap.ts'
import { JobList } from './job-list.ts'
import type { ClaimWait } from './waiting-claims.ts'

/** The jobs of one queue and priority that are ready, in order. */
export interface Line {
  readonly priority: number
  /** In the order of their positions: each new one goes to the end. */
  readonly jobs: JobList
  /** Given back or lost by their owner: before all others, in their old order. */
  readonly returned: JobHeap
}

/** One queue: its lines by priority, the jobs that wait for something, and how many are in each state. */
export class QueueState {
  readonly name: string
  readonly counts: Record<JobState, number> = {
    deferred: 0,
    scheduled: 0,
    enqueued: 0,
    processing: 0,
    success: 0,
    failed: 0,
    canceled: 0,
  }
  /** Deferred and scheduled jobs, in the order they were placed. */
  readonly parked = new JobList()
  readonly waiting = new Set<ClaimWait>()
  /** How often it was drained: a waiting job placed before the last time is not handed out any more. */
  drains = 0
  readonly #lines = new Map<number, Line>()
  /** Heap of the lines, highest priority first; an empty one leaves when it comes to the top. */
  readonly #heap: Line[] = []

  constructor(name: string) {
    this.name = name
  }

  get isEmpty(): boolean {
    const { deferred, scheduled, enqueued, processing, success, failed, canceled } = this.counts
    return deferred + scheduled + enqueued + processing + success + failed + canceled === 0
  }

  /** The line of a priority, made if it is not there. */
  line(priority: number): Line {
    const known = this.#lines.get(priority)
    if (known !== undefined) return known
    const line = { priority, jobs: new JobList(), returned: new JobHeap(isReturnedBefore) }
    this.#lines.set(priority, line)
    this.#raise(line)
    return line
  }

  /** The highest line that has a job. */
  get topLine(): Line | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || top.jobs.size + top.returned.size > 0) return top
      this.#dropTop()
    }
  }

  /** The best job. */
  get firstReady(): Job | undefined {
    const line = this.topLine
    return line?.returned.first ?? line?.jobs.first
  }

  /** All lines, in no order; for draining. */
  lines(): IterableIterator<Line> {
    return this.#lines.values()
  }

  #raise(line: Line): void {
    const heap = this.#heap
    let slot = heap.length
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1] as Line
      if (parent.priority >= line.priority) break
      heap[slot] = parent
      slot = (slot - 1) >> 1
    }
    heap[slot] = line
  }

  #dropTop(): void {
    const heap = this.#heap
    const top = heap[0] as Line
    this.#lines.delete(top.priority)
    const last = heap.pop() as Line
    if (heap.length === 0) return
    let slot = 0
    for (;;) {
      const childSlot = this.#higherChild(slot)
      const child = heap[childSlot]
      if (child === undefined || child.priority <= last.priority) break
      heap[slot] = child
      slot = childSlot
    }
    heap[slot] = last
  }

  #higherChild(slot: number): number {
    const left = this.#heap[2 * slot + 1]
    const right = this.#heap[2 * slot + 2]
    return left !== undefined && right !== undefined && right.priority > left.priority ? 2 * slot + 2 : 2 * slot + 1
  }
}
