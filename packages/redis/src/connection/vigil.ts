/** While there is something going on, a connection on which nothing comes is asked for a sign of life this often, in ms. */
const LIVELY_MS = 4_000

/** How often when there is nothing going on, in ms: an idle process should cost a server next to nothing. */
const IDLE_MS = 45_000

/** For how long something goes on after the last that was seen of it, in ms. */
const STIR_MS = 60_000

/**
 * Says when to ask a connection for a sign of life that only listens: one that died without a word looks like one on which
 * there is nothing to hear.
 */
export class Vigil {
  readonly #ask: () => void
  #timer: NodeJS.Timeout | undefined
  #state: 'new' | 'on' | 'stopped' = 'new'
  #stirredAt = Number.NEGATIVE_INFINITY
  #askedAt = 0

  constructor(ask: () => void) {
    this.#ask = ask
  }

  /** Begin to ask. Idempotent. */
  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'on'
    this.#askedAt = performance.now()
    this.#arm()
  }

  /** Ask no more. */
  stop(): void {
    this.#state = 'stopped'
    clearTimeout(this.#timer)
  }

  /** Something goes on. Costs next to nothing. */
  stir(): void {
    const wasIdle = this.#isIdle
    this.#stirredAt = performance.now()
    if (wasIdle && this.#state === 'on') this.#arm()
  }

  get #isIdle(): boolean {
    return performance.now() - this.#stirredAt >= STIR_MS
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const everyMs = this.#isIdle ? IDLE_MS : LIVELY_MS
    this.#timer = setTimeout(
      () => {
        this.#askedAt = performance.now()
        this.#ask()
        this.#arm()
      },
      Math.max(0, this.#askedAt + everyMs - performance.now()),
    )
  }
}
