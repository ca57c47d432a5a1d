import type { HeldJob } from '../backend/session.ts'
import type { HeldRun } from './held-run.ts'

/** What a pool holds: claimed, and not known to be settled or lost. */
export class Holdings {
  /** In no order; each knows its place. */
  readonly #runs: HeldRun[] = []
  #version = 0

  get size(): number {
    return this.#runs.length
  }

  /** Changes with every job claimed or let go. */
  get version(): number {
    return this.#version
  }

  /** Hold a job. */
  add(run: HeldRun): void {
    run.place = this.#runs.push(run) - 1
    this.#version += 1
  }

  /** Let a job go. */
  drop(run: HeldRun): void {
    if (!run.isHeld) return
    const last = this.#runs.pop() as HeldRun
    if (last !== run) {
      this.#runs[run.place] = last
      last.place = run.place
    }
    run.place = -1
    this.#version += 1
  }

  /** Those of these claims that are held. */
  find<Job extends HeldJob>(jobs: readonly Job[]): readonly (readonly [HeldRun, Job])[] {
    if (jobs.length === 0) return []
    const byToken = new Map(this.#runs.map((run) => [`${run.job.token} ${run.job.id}`, run]))
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
    return this.#runs.map(({ job: { id, token } }) => ({ id, token }))
  }
}
