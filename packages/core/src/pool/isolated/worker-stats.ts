import type { WorkerPhase } from './hosted-worker-owner.ts'
import type { WorkerLink } from './worker-link.ts'

/** What one worker of a pool is, does and takes. */
export interface WorkerStats {
  /** What it is called in logs: `process 4711`, `thread 3`. */
  readonly label: string
  /** `starting` loads its module · `ready` · `leaving` gets no more jobs · `dying` was told to end at once. */
  readonly state: Exclude<WorkerPhase, 'ended'>
  /** When it was started. */
  readonly startedAt: Date
  /** Jobs that it has begun and not ended. */
  readonly running: number
  /** Jobs that were sent to it since it was started. */
  readonly jobs: number
  /**
   * Memory in bytes: of a process what it and all that it has started hold of the machine's, of a thread its heap and
   * buffers. Absent where that cannot be told.
   */
  readonly memoryBytes?: number
  /** Time of processors that it has used since it was started, with all that it has started, in ms. Absent: cannot be told. */
  readonly cpuMs?: number
  /**
   * Processors that it has kept busy, on average, since this was asked last, or since it was started: 1 is one of them.
   * Absent: cannot be told.
   */
  readonly cpu?: number
}

/** Measures what a worker takes, from one look to the next. */
export class WorkerMeter {
  readonly #link: Pick<WorkerLink, 'usage'>
  readonly #startedAt = Date.now()
  #last = { at: performance.now(), cpuMs: 0 }

  constructor(link: Pick<WorkerLink, 'usage'>) {
    this.#link = link
  }

  /** Never rejects. */
  async read(): Promise<Pick<WorkerStats, 'startedAt' | 'memoryBytes' | 'cpuMs' | 'cpu'>> {
    const usage = await this.#link.usage()
    return { startedAt: new Date(this.#startedAt), ...usage, ...this.#share(usage.cpuMs) }
  }

  #share(cpuMs: number | undefined): Pick<WorkerStats, 'cpu'> {
    if (cpuMs === undefined) return {}
    const last = this.#last
    this.#last = { at: performance.now(), cpuMs }
    const elapsedMs = this.#last.at - last.at
    // What it had started and what has ended since may be counted no more.
    return { cpu: elapsedMs <= 0 ? 0 : Math.max(0, cpuMs - last.cpuMs) / elapsedMs }
  }
}
