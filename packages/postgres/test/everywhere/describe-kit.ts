import { casesFor, compareTaskQueues, runCase, TASK_QUEUE_GROUPS, type TaskQueueTarget } from '@taskspace/testing/kit'
import { describe, it } from 'vitest'
import { memoryTarget } from '../memory-target.ts'

/** What depends most on where the functions run, and on how they are reached. */
const TELLING = [
  'repeated calls',
  'settle',
  'outcomes',
  'subscriptions',
  'following',
  'payloads as data',
  'waiting claims',
]

const isWhole = process.env.KIT_EVERYWHERE === 'all'
const GROUPS = TASK_QUEUE_GROUPS.filter(({ name }) => isWhole || TELLING.includes(name))

/** A case that takes longer hangs. */
const CASE_TIMEOUT_MS = 60_000

/** The conformance kit and the comparison with memory: whole in `npm run test:everywhere`, else the telling part of it. */
export function describeKit(name: string, target: TaskQueueTarget): void {
  describe(`${name} keeps ${isWhole ? '' : 'the telling part of '}the backend contract`, () => {
    for (const group of GROUPS) {
      const cases = casesFor(group, target)
      // A suite without tests counts as failed.
      if (cases.length === 0) continue
      describe(group.name, () => {
        for (const each of cases) it(each.title, () => runCase(each, target), CASE_TIMEOUT_MS)
      })
    }
  })
  compareTaskQueues(memoryTarget, { name, ...target }, { runs: isWhole ? 12 : 2, seed: 20 })
}
