import { describe, it } from 'vitest'
import { TASK_QUEUE_GROUPS } from './groups.ts'
import { casesFor, runCase } from './kit-case.ts'
import type { TaskQueueTarget } from './task-queue-target.ts'

/** A case that takes longer hangs. */
const CASE_TIMEOUT_MS = 60_000

/**
 * Check a backend: declares one vitest test for each sentence of the contract.
 *
 * ```ts
 * describeTaskQueue('memory', {
 *   create: () => openQueue(randomUUID()),
 *   reopen: (queue) => openQueue(queue.namespace),
 * })
 * ```
 */
export function describeTaskQueue(name: string, target: TaskQueueTarget): void {
  describe(`${name} keeps the backend contract`, () => {
    for (const group of TASK_QUEUE_GROUPS) {
      const cases = casesFor(group, target)
      // A suite without tests counts as failed.
      if (cases.length === 0) continue
      describe(group.name, () => {
        for (const each of cases) it(each.title, () => runCase(each, target), CASE_TIMEOUT_MS)
      })
    }
  })
}
