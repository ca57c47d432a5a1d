import type { HeldJob } from '../backend/session.ts'
import type { HeldRun } from './held-run.ts'

/** What a pool holds: claimed, and not known to be settled or lost. */
export class Holdings {
  readonly #runs = new Set<HeldRun>()
  #version = 0

  get size(): number {
    return this.#runs.size
  }

  /** Changes with every job claimed or let go. */
  get version(): number {
    return this.#version
  }

  /** Hold a job. */
  add(run: HeldRun): void {
    this.#runs.add(run)
    run.isHeld = true
    this.#version += 1
  }

  /** Let a job go. */
  drop(run: HeldRun): void {
    if (!run.isHeld) return
    this.#runs.delete(run)
    run.isHeld = false
    this.#version += 1
  }

  /** Those of these claims that are held. */
  find<Job extends HeldJob>(jobs: readonly Job[]): readonly (readonly [HeldRun, Job])[] {
    if (jobs.length === 0) return []
    const byToken = new Map(Array.from(this.#runs, (run) => [`${run.job.token} ${run.job.id}`, run]))
    return jobs.flatMap((job) => {
      const run = byToken.get(`${job.token} ${job.id}`)
      return run === undefined ? [] : [[run, job] as const]
    })
  }

  /** All that is held. */
  runs(): readonly HeldRun[] {
    return [...this.#runs]
  }

  /** All that is held, as the backend is told. */
  claims(): readonly HeldJob[] {
    return Array.from(this.#runs, ({ job: { id, token } }) => ({ id, token }))
  }
}
