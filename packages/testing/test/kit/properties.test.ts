import { describe, expect, it } from 'vitest'
import {
  checkAlike,
  checkProperties,
  compareTaskQueues,
  describeTaskQueueProperties,
  FaultyQueue,
  HintlessQueue,
} from '../../src/kit.ts'
import { BROKEN_BACKENDS } from './broken-backends.ts'
import { behind, memory } from './memory-target.ts'

describeTaskQueueProperties(
  'a backend whose wake-ups are all lost',
  behind((queue) => new HintlessQueue(queue)),
)

compareTaskQueues(
  { name: 'the memory backend', ...memory },
  { name: 'the memory backend behind a network without faults', ...behind((queue) => new FaultyQueue(queue)) },
)

const FOUND_BY_PROPERTIES = [
  'gives one job to two claims',
  'accepts a stale settlement',
  'releases a dependent twice',
  'reverses the order',
  'replays a claim as a new one',
  'reuses a token after an id is reused',
  'drops an argument before the retry',
]

const FOUND_BY_COMPARING = [
  ...FOUND_BY_PROPERTIES,
  'never ends a lease',
  'forgets unnamed jobs at a resume',
  'expires sessions after an outage',
  'charges jobs that were handed out ahead',
  'binds an edge on a sibling to a duplicate',
  'never releases on the last of two needs',
  'lets a job write with an old token',
  'writes the lines of a repeated append twice',
  'shows the journal of an earlier series',
]

/** Where the sequences begin that are known to find each of them. */
const SEED = 20_261

describe('random calls', () => {
  for (const { fault, wrap } of BROKEN_BACKENDS.filter((each) => FOUND_BY_PROPERTIES.includes(each.fault))) {
    it(`find out a backend that ${fault}`, async () => {
      await expect(checkProperties(behind(wrap), { seed: SEED, shrink: false })).rejects.toThrow('Property failed')
    })
  }

  for (const { fault, wrap } of BROKEN_BACKENDS.filter((each) => FOUND_BY_COMPARING.includes(each.fault))) {
    it(`tell a backend from a sound one that ${fault}`, async () => {
      await expect(checkAlike(memory, behind(wrap), { seed: SEED, shrink: false })).rejects.toThrow('Property failed')
    })
  }

  it('replay a failure by its seed and path', async () => {
    const [{ wrap }] = BROKEN_BACKENDS as [(typeof BROKEN_BACKENDS)[number]]
    const first = await failureOf(checkProperties(behind(wrap), { seed: SEED }))
    const path = /path: "([\d:]+)"/.exec(first)?.[1] ?? expect.fail(first)

    const second = await failureOf(checkProperties(behind(wrap), { seed: SEED, path }))

    expect(second).toContain('Property failed after 1 tests')
    expect(counterexampleIn(second)).toBe(counterexampleIn(first))
  })
})

async function failureOf(check: Promise<void>): Promise<string> {
  try {
    await check
  } catch (error) {
    return String(error)
  }
  return expect.fail('it has to fail')
}

function counterexampleIn(message: string): string | undefined {
  return /Counterexample: (.*)/.exec(message)?.[1]
}
