import type { HeldJob } from '../backend/session.ts'
import type { HeldRun } from './held-run.ts'

/** What a pool holds: claimed, and not known to be settled or lost. */
export class Holdings {
  readonly #runs = new Map<string, HeldRun>()
  #version = 0

  get size(): number {
    return this.#runs.size
  }

  /** Changes with every job claimed or let go. */
  get version(): number {
    return this.#version
  }

  /** Hold a job. Returns an earlier claim of the same id, which is void now. */
  add(run: HeldRun): HeldRun | undefined {
    const { id } = run.job
    const earlier = this.#runs.get(id)
    this.#runs.set(id, run)
    this.#version += 1
    return earlier
  }

  /** Whether this very claim is held. */
  has(run: HeldRun): boolean {
    return this.#runs.get(run.job.id) === run
  }

  /** The claim with this token, if it is held. */
  find({ id, token }: HeldJob): HeldRun | undefined {
    const run = this.#runs.get(id)
    return run?.job.token === token ? run : undefined
  }

  /** Let a claim go; returns it if it was held. */
  drop(job: HeldJob): HeldRun | undefined {
    const run = this.find(job)
    if (run === undefined) return undefined
    this.#runs.delete(job.id)
    this.#version += 1
    return run
  }

  /** All claims held. */
  runs(): readonly HeldRun[] {
    return [...this.#runs.values()]
  }

  /** All claims held, as the backend is told. */
  claims(): readonly HeldJob[] {
    return Array.from(this.#runs.values(), ({ job: { id, token } }) => ({ id, token }))
  }
}
