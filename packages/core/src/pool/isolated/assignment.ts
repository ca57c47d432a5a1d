import type { JobRun } from '../executor.ts'

/** A job that was sent to a worker, until it is known what becomes of it. */
export interface Assignment {
  readonly run: JobRun
  readonly seq: number
  /** The worker does not start it after this, in ms of the monotonic clock; `undefined`: whenever it gets to it. */
  readonly startBy: number | undefined
  /** It was told to stop. */
  told: boolean
  /** What ends its waits for other jobs, by their numbers. */
  readonly waits: Map<number, () => void>
}

/** Of jobs that a worker has begun and those that it has not. */
export interface ByBeginning {
  readonly begun: readonly Assignment[]
  readonly unbegun: readonly Assignment[]
}

/** The jobs of one worker, in the order in which they were sent. */
export class Assignments {
  readonly #bySeq = new Map<number, Assignment>()
  #lastSeq = 0

  get size(): number {
    return this.#bySeq.size
  }

  add(run: JobRun, startBy: number | undefined): Assignment {
    this.#lastSeq += 1
    const assignment = { run, seq: this.#lastSeq, startBy, told: false, waits: new Map<number, () => void>() }
    this.#bySeq.set(assignment.seq, assignment)
    return assignment
  }

  get(seq: number): Assignment | undefined {
    return this.#bySeq.get(seq)
  }

  find(run: JobRun): Assignment | undefined {
    for (const assignment of this.#bySeq.values()) if (assignment.run === run) return assignment
    return undefined
  }

  /** Those that the worker has begun, `lastBegun` last. */
  begun(lastBegun: number): readonly Assignment[] {
    return this.#list(({ seq }) => seq <= lastBegun)
  }

  /** Take a job out; `undefined` if it is not there any more. */
  take(seq: number): Assignment | undefined {
    const assignment = this.#bySeq.get(seq)
    if (assignment === undefined) return undefined
    this.#bySeq.delete(seq)
    if (assignment.waits.size > 0) endWaits(assignment)
    return assignment
  }

  /** Take out those that the worker cannot start any more, since their time has passed and it had not begun them. */
  takeOverdue(lastBegun: number, now: number): readonly Assignment[] {
    const overdue = this.#list(({ seq, startBy }) => seq > lastBegun && startBy !== undefined && startBy < now)
    for (const { seq } of overdue) this.#bySeq.delete(seq)
    return overdue
  }

  /** When the first of those that the worker need not start falls due; `undefined`: there is none. */
  nextStartBy(lastBegun: number): number | undefined {
    for (const { seq, startBy } of this.#bySeq.values()) if (seq > lastBegun && startBy !== undefined) return startBy
    return undefined
  }

  /** Take out all: the worker is gone. Their waits go on. */
  takeAll(lastBegun: number): ByBeginning {
    const all = { begun: this.begun(lastBegun), unbegun: this.#list(({ seq }) => seq > lastBegun) }
    this.#bySeq.clear()
    return all
  }

  /** The wait of this number is over. */
  endWait(wait: number): void {
    for (const { waits } of this.#bySeq.values()) waits.get(wait)?.()
  }

  #list(wanted: (assignment: Assignment) => boolean): readonly Assignment[] {
    return [...this.#bySeq.values()].filter(wanted)
  }
}

/** A job waits for nothing any more. */
export function endWaits({ waits }: Assignment): void {
  for (const end of [...waits.values()]) end()
}

/**
 * Of the jobs that a worker had begun when it died, those whose code may have run: the last ones, as many as run at once.
 * What came before them has ended, and only the news of that are lost. One that waited for another job ran no code, unless
 * there is no other.
 */
export function suspects(begun: readonly Assignment[], concurrency: number): readonly Assignment[] {
  const active = begun.filter(({ waits }) => waits.size === 0)
  return active.length === 0 ? begun : active.slice(-concurrency)
}
