/** What is to be called when a signal aborts: one listener stands for all of it, since each has to be looked for. */
const calls = new WeakMap<AbortSignal, AbortCalls>()

/**
 * Call back once when the signal aborts, which it has not yet. Costs the same however many others wait for that signal.
 *
 * @returns what takes it back; idempotent, and leaves nothing on the signal with the last.
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  let shared = calls.get(signal)
  if (shared === undefined) {
    shared = new AbortCalls(signal)
    calls.set(signal, shared)
  }
  return shared.add(call)
}

class AbortCalls {
  readonly #signal: AbortSignal
  readonly #calls = new Set<() => void>()
  readonly #abort = (): void => {
    for (const call of this.#calls) {
      this.#calls.delete(call)
      call()
    }
    this.#leave()
  }

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#abort)
  }

  add(call: () => void): () => void {
    this.#calls.add(call)
    return () => {
      if (this.#calls.delete(call) && this.#calls.size === 0) this.#leave()
    }
  }

  #leave(): void {
    this.#signal.removeEventListener('abort', this.#abort)
    calls.delete(this.#signal)
  }
}
