import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskQueueTarget } from '../task-queue-target.ts'
import { timeless } from '../timeless.ts'
import { inCommon, observe } from './observation.ts'
import { PROPERTY_TIMEOUT_MS, parametersOf } from './parameters.ts'
import type { PropertyOptions } from './property-options.ts'
import type { Step } from './step.ts'
import { steps } from './steps.ts'
import { World } from './world.ts'

/** A backend with its name. */
export interface NamedTarget extends TaskQueueTarget {
  readonly name: string
}

/**
 * Drive two backends with the same random sequences of calls, and compare all that can be seen after each: answers,
 * records and counts, but for times and tokens. Declares one vitest test. A failure prints how to replay it, see
 * `PropertyOptions`.
 */
export function compareTaskQueues(left: NamedTarget, right: NamedTarget, options: PropertyOptions = {}): void {
  describe(`${left.name} and ${right.name}`, () => {
    it('answer alike and look alike after every step', () => checkAlike(left, right, options), PROPERTY_TIMEOUT_MS)
  })
}

/** The same without vitest. @throws with the shortest sequence found after which the two differ. */
export async function checkAlike(
  left: TaskQueueTarget,
  right: TaskQueueTarget,
  options: PropertyOptions = {},
): Promise<void> {
  const property = fc.asyncProperty(steps, (sequence) => runBoth(left, right, sequence))
  await fc.assert(property, parametersOf(options))
}

async function runBoth(left: TaskQueueTarget, right: TaskQueueTarget, sequence: readonly Step[]): Promise<void> {
  const queues = await Promise.all([left.create(), right.create()])
  try {
    const [one, other] = await Promise.all([World.open(queues[0]), World.open(queues[1])])
    for (const [at, step] of sequence.entries()) {
      const [expected, found] = [await seen(one, step), await seen(other, step)]
      if (!isDeepStrictEqual(found, expected)) expect(found, `after step ${at}, ${step.op}`).toEqual(expected)
    }
  } finally {
    await Promise.all(queues.map((queue) => queue.close()))
  }
}

async function seen(world: World, step: Step): Promise<unknown> {
  const answer = timeless(await world.take(step))
  return { answer, seen: inCommon(await observe(world)) }
}
