import { MAX_INLINE_STEPS, type TaskQueue } from '@taskspace/core/backend'
import { expect } from 'vitest'

/** Sweeps closer together than 100 ms of the backend's time may leave the work to the first of them. */
const SWEEP_GAP_MS = 101

/** Far more steps than the largest case has work for. */
const MOST_SWEEPS = 200_000 / MAX_INLINE_STEPS

/** Sweep until nothing is left to do now. */
export async function sweepAll(queue: TaskQueue): Promise<void> {
  for (let count = 0; count < MOST_SWEEPS; count += 1) {
    await queue.shiftClock(SWEEP_GAP_MS)
    const { more } = await queue.sweep()
    if (!more) return
  }
  expect.fail('sweep says that there is more to do, for ever')
}

/**
 * Let time pass as it does while the backend is well: in steps of at most a sixth of the shortest lease in use, each
 * followed by sweeps. A lease ends by this, unless its session renews; an outage is one `shiftClock` alone.
 */
export async function advance(queue: TaskQueue, ms: number, shortestLeaseMs = Number.POSITIVE_INFINITY): Promise<void> {
  const stepMs = Math.min(ms, shortestLeaseMs / 6)
  for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
    await queue.shiftClock(Math.min(leftMs, stepMs))
    await sweepAll(queue)
  }
}
