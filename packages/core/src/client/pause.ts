import type { Clock } from '../backend/clock.ts'

/** Wait `delayMs`, or until `signal` aborts; never rejects. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.setTimer(done, delayMs)
    signal?.addEventListener('abort', done)
  })
}

/** Delay before the n-th try of a call whose backend is away: 50 ms doubled up to 1 s, the upper half random. */
export function reconnectDelayMs(tries: number, random: () => number = Math.random): number {
  const delayMs = Math.min(1_000, 50 * 2 ** Math.min(tries - 1, 5))
  return delayMs * (0.5 + random() / 2)
}
