/** What a poll does, and when. */
export interface PollOptions {
  /** From the end of one look to the next, in ms. */
  readonly delayMs: () => number
  /** Whether anybody waits for what is found. */
  readonly isWanted: () => boolean
  /** Must not reject. */
  readonly look: () => Promise<void>
}

/** Looks again and again while somebody wants it; one look at a time. */
export class Poll {
  readonly #options: PollOptions
  #timer: NodeJS.Timeout | undefined
  #looking = false

  constructor(options: PollOptions) {
    this.#options = options
  }

  /** Go on, or begin, if it is wanted; stop if it is not. */
  update(): void {
    if (!this.#options.isWanted()) return this.#stop()
    if (this.#timer !== undefined || this.#looking) return
    this.#timer = setTimeout(() => void this.#look(), this.#options.delayMs())
  }

  /** Count the time to the next look anew. */
  hurry(): void {
    this.#stop()
    this.update()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    this.#timer = undefined
    this.#looking = true
    await this.#options.look()
    this.#looking = false
    this.update()
  }
}
