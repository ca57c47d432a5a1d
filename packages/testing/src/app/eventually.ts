import { setImmediate, setTimeout } from 'node:timers'
import type { Duration } from '@taskspace/core'
import { milliseconds } from './milliseconds.ts'

/** Options of `eventually`. */
export interface EventuallyOptions {
  /** How long to go on trying, by the machine's clock; default 10 s. */
  readonly timeout?: Duration | undefined
}

const TIMEOUT = '10s'

/** Tries that follow each other without a pause, and the longest pause after that. */
const EAGER_TRIES = 20
const MAX_PAUSE_MS = 20

/**
 * Try until it is so (WQ-72): calls `probe` again as long as it throws, rejects, or gives `false`, and resolves with what it
 * gives in the end: `await eventually(() => expect(sent).toHaveLength(2))`.
 *
 * @throws what `probe` threw last, or an Error if it gave `false`, when the time is up.
 */
export async function eventually<T>(probe: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const timeoutMs = milliseconds(options.timeout ?? TIMEOUT)
  const until = performance.now() + timeoutMs
  for (let tries = 1; ; tries += 1) {
    const late = performance.now() >= until
    try {
      const value = await probe()
      if (value !== false) return value
      if (late) throw new Error(`still false after ${timeoutMs} ms`)
    } catch (error) {
      if (late) throw error
    }
    await pauseAfter(tries)
  }
}

function pauseAfter(tries: number): Promise<void> {
  return new Promise((resolve) => {
    if (tries < EAGER_TRIES) setImmediate(resolve)
    else setTimeout(resolve, Math.min(MAX_PAUSE_MS, tries - EAGER_TRIES + 1))
  })
}
