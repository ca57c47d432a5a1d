import type { DeferredJob } from '../deferred/deferred-job.ts'
import type { Logger } from '../logger.ts'
import type { JobRef } from '../queue/deferred.ts'
import type { Gathering } from './gathering.ts'
import { onTickEnd } from './tick.ts'

/** Told of enqueues that failed and that nobody looked at: the first error, and the handles of all that failed. */
export type OnEnqueueError = (error: unknown, refs: readonly JobRef[]) => void

/** Sees to it that no enqueue fails silently. */
export class EnqueueReport {
  readonly #tell: OnEnqueueError | undefined
  readonly #logger: Logger

  constructor(tell: OnEnqueueError | undefined, logger: Logger) {
    this.#tell = tell
    this.#logger = logger
  }

  /**
   * Calls that were gathered together are answered: report those that failed, once for all, unless somebody has looked at
   * one of them. What a job's own calls come to is the job's concern; here it is only logged.
   */
  done(gathering: Gathering): void {
    const { entries, jobs } = gathering
    const failed = entries.filter((entry) => entry.isLost)
    if (failed.length === 0) return
    const ofJobs = new Set(entries.filter((_entry, index) => jobs[index]?.parent !== undefined))
    const own = entries.filter((entry) => !ofJobs.has(entry))
    // Whoever was told of another answer of the same call may look now.
    onTickEnd(() => {
      if (!own.some((entry) => entry.isLookedAt) && !isUsedElsewhere(own, gathering)) this.#report(own)
      for (const entry of failed) if (ofJobs.has(entry) && !entry.isLookedAt) this.#log(entry)
    })
  }

  #report(entries: readonly DeferredJob[]): void {
    const failed = entries.filter((entry) => entry.isLost)
    const first = failed[0]
    if (first === undefined) return
    if (this.#tell === undefined) return void Promise.reject(first.held)
    try {
      this.#tell(first.held, failed)
    } catch (error) {
      this.#logger.error('onEnqueueError has thrown', error)
    }
  }

  #log(entry: DeferredJob): void {
    this.#logger.warn(`a call made by a job was not stored: ${entry.toString()}`, entry.held)
  }
}

/**
 * Whether one of them is an argument of a call that did not travel with them: that fails for it, and is reported in its
 * turn. A call of the same gathering says nothing: it may be the end of a chain that nobody looks at.
 */
function isUsedElsewhere(entries: readonly DeferredJob[], { links }: Gathering): boolean {
  const uses = new Map<unknown, number>()
  for (const { on } of [...links.values()].flat()) uses.set(on, (uses.get(on) ?? 0) + 1)
  return entries.some((entry) => entry.uses > (uses.get(entry) ?? 0))
}
