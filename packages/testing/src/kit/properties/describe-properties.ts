import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { TaskQueueTarget } from '../task-queue-target.ts'
import { finish } from './finish.ts'
import { Invariants } from './invariants.ts'
import { observe } from './observation.ts'
import { PROPERTY_TIMEOUT_MS, parametersOf } from './parameters.ts'
import type { PropertyOptions } from './property-options.ts'
import type { Step } from './step.ts'
import { steps } from './steps.ts'
import { World } from './world.ts'

/**
 * Drive a backend with random sequences of calls, and hold it against what has to be true after each, whatever came
 * before. Declares one vitest test. A failure prints how to replay it, see `PropertyOptions`.
 */
export function describeTaskQueueProperties(
  name: string,
  target: TaskQueueTarget,
  options: PropertyOptions = {},
): void {
  describe(`${name} keeps its promises under random calls`, () => {
    it(
      'loses nothing, decides once, keeps the order, and counts as it reads',
      () => checkProperties(target, options),
      PROPERTY_TIMEOUT_MS,
    )
  })
}

/** The same without vitest. @throws with the shortest sequence found that breaks a promise. */
export async function checkProperties(target: TaskQueueTarget, options: PropertyOptions = {}): Promise<void> {
  const property = fc.asyncProperty(steps, (sequence) => runOne(target, sequence))
  await fc.assert(property, parametersOf(options))
}

async function runOne(target: TaskQueueTarget, sequence: readonly Step[]): Promise<void> {
  const queue = await target.create()
  try {
    const world = await World.open(queue)
    const invariants = new Invariants()
    for (const step of sequence) {
      const answer = await world.take(step)
      invariants.check(step, answer, await observe(world))
    }
    await finish(world, invariants)
  } finally {
    await queue.close()
  }
}
