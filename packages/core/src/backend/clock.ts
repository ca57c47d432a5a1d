/** A timer that was set; `cancel` is idempotent. */
export interface Timer {
  cancel(): void
}

/** Where time comes from. Backends with a server use the server's; the memory backend and pools use one of these. */
export interface Clock {
  /** Milliseconds since the Unix epoch; never goes back. */
  now(): number
  /** Call `fire` once, not before `delayMs` from now. A `background` timer does not keep the process alive. */
  setTimer(fire: () => void, delayMs: number, background?: boolean): Timer
}

/** Longest delay that `setTimeout` can take. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** The machine's clock, made monotonic: it does not go back when the system's time does. */
export const systemClock: Clock = {
  now: monotonicNow,
  setTimer(fire, delayMs, background = false) {
    let handle: NodeJS.Timeout
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, MAX_TIMEOUT_MS)
      handle = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : fire()), stepMs)
      if (background) handle.unref()
    }
    arm(Math.max(0, delayMs))
    return { cancel: () => clearTimeout(handle) }
  },
}

let lastNow = 0

function monotonicNow(): number {
  lastNow = Math.max(lastNow, Date.now())
  return lastNow
}
