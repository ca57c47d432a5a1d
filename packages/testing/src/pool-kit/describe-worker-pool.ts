import { describe, it } from 'vitest'
import { POOL_GROUPS } from './groups.ts'
import { runPoolCase } from './pool-case.ts'
import type { WorkerPoolTarget } from './worker-pool-target.ts'

/** A case that takes longer hangs. */
const CASE_TIMEOUT_MS = 60_000

/**
 * Check a kind of pool: declares one vitest test for each sentence about what every pool does. They run
 * several at once (vitest's `maxConcurrency`), each on a store of its own.
 *
 * ```ts
 * describeWorkerPool('AsyncPool', {
 *   create: (broker, { slots, ...options }) => new AsyncPool(broker, { concurrency: slots, ...options }),
 * })
 * ```
 */
export function describeWorkerPool(name: string, target: WorkerPoolTarget): void {
  describe.concurrent(`${name} runs jobs as every pool does`, () => {
    for (const group of POOL_GROUPS) {
      describe(group.name, () => {
        for (const each of group.cases) it(each.title, () => runPoolCase(each, target), CASE_TIMEOUT_MS)
      })
    }
  })
}
