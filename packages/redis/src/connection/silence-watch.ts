/** What is counted of a socket. */
export interface SocketCounts {
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Bytes that wait to be written. */
  readonly writableLength: number
}

/** What a watch asks and tells. */
export interface SilenceWatchOptions {
  readonly counts: () => SocketCounts
  /** How many answers are owed. */
  readonly owed: () => number
  /** Whether the server answers somebody else, now. */
  readonly isServerAlive: () => Promise<boolean>
  /** Nothing will come any more. */
  readonly onDead: () => void
}

/** How often to look, in ms. */
const TICK_MS = 250

/** Silence while an answer is owed that gives rise to doubt, in ms; and for each byte that was sent last. */
const DOUBT_MS = 750
const DOUBT_MS_PER_BYTE = 0.001

/**
 * Finds out that a connection is dead before the deadline of a call has passed: a server works commands off in the order in
 * which they come, so if it answers one that was sent later, over another connection, then nothing will come over this one.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions
  #timer: NodeJS.Timeout | undefined
  #read = 0
  #written = 0
  #silentMs = 0
  #isStopped = false

  constructor(options: SilenceWatchOptions) {
    this.#options = options
  }

  /** An answer is owed. Costs nothing while the watch is on already. */
  start(): void {
    if (this.#timer !== undefined || this.#isStopped) return
    this.#hear()
    this.#arm()
  }

  /** Look no more. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#look(), TICK_MS)
  }

  #look(): void {
    this.#timer = undefined
    if (this.#options.owed() === 0) return
    const { bytesRead, bytesWritten, writableLength } = this.#options.counts()
    if (bytesRead !== this.#read || writableLength > 0) this.#hear()
    else this.#silentMs += TICK_MS
    if (this.#silentMs < DOUBT_MS + (bytesWritten - this.#written) * DOUBT_MS_PER_BYTE) this.#arm()
    else void this.#ask()
  }

  #hear(): void {
    const { bytesRead, bytesWritten } = this.#options.counts()
    this.#read = bytesRead
    this.#written = bytesWritten
    this.#silentMs = 0
  }

  async #ask(): Promise<void> {
    const isAlive = await this.#options.isServerAlive()
    if (this.#isStopped || this.#timer !== undefined) return
    const isSilent = this.#options.counts().bytesRead === this.#read && this.#options.owed() > 0
    if (isAlive && isSilent) this.#options.onDead()
    else this.#arm()
  }
}
