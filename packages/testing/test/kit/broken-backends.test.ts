import { describe, expect, it } from 'vitest'
import { failuresOf, TASK_QUEUE_GROUPS } from '../../src/kit.ts'
import { BROKEN_BACKENDS } from './broken-backends.ts'
import { behind } from './memory-target.ts'

/** So short that a claim which nothing wakes does not hold the test up; in-process wake-ups take no time. */
const PATIENCE_MS = 250

describe('the conformance kit', () => {
  for (const { fault, wrap, group, title } of BROKEN_BACKENDS) {
    it(`catches a backend that ${fault}`, async () => {
      const [cases] = TASK_QUEUE_GROUPS.filter((each) => each.name === group)

      const failures = await failuresOf(cases!, behind(wrap, PATIENCE_MS))

      expect(failures.map((each) => each.title)).toContain(title)
    })
  }
})
