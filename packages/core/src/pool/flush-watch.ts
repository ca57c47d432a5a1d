/** Waits for a pool to come to rest; asked each time it has told the backend what there was to tell. */
export class FlushWatch {
  #check: (() => void) | undefined

  /** Resolves when `condition` holds, or `signal` aborts. One wait at a time. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!signal.aborted && !condition()) return
        this.#check = undefined
        signal.removeEventListener('abort', check)
        resolve()
      }
      this.#check = check
      signal.addEventListener('abort', check)
      check()
    })
  }

  /** The condition may hold now. */
  flushed(): void {
    this.#check?.()
  }
}
