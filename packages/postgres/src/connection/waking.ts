import { Closed } from '@taskspace/core/backend'
import { Poll } from './poll.ts'
import type { HintRequest, LinkListener, LinkSubscription } from './postgres-link.ts'
import { isNamed, isNews, queueMark, receivedText } from './signal-text.ts'

/** How often to look while signals arrive, and while they do not. */
const POLL_MS = 1_000
const FAST_POLL_MS = 60

/** Signals remembered, of the queues channel: more than arrive while one claim is under way. */
const REMEMBERED = 256

/** Whether signals arrive, and how to have them arrive. */
export interface SignalSource {
  /** Whether what is sent arrives now. */
  readonly isLive: boolean
  /** Somebody waits: begin to listen if that was not done. */
  want(): void
  /** Hear what is sent to a session. */
  join(session: string): Promise<void>
  /** Hear it no more. */
  leave(session: string): Promise<void>
}

/**
 * Who waits in this process, and for what. Signals wake them; where none arrive they wake by themselves, so that losing
 * every signal costs time and nothing else.
 */
export class Waking {
  readonly #source: SignalSource
  readonly #waits = new Set<Wait>()
  readonly #poll: Poll
  readonly #listeners = new Map<string, LinkListener>()
  #ready: ((queues: readonly string[]) => Promise<readonly string[]>) | undefined
  #payloads: string[] = []
  #heard = 0
  #closed = false

  constructor(source: SignalSource) {
    this.#source = source
    this.#poll = new Poll({
      delayMs: () => (source.isLive ? POLL_MS : FAST_POLL_MS),
      isWanted: () => this.#waits.size > 0 || this.#listeners.size > 0,
      look: () => this.#look(),
    })
  }

  /** See `PostgresLink.useReady`. */
  useReady(ready: (queues: readonly string[]) => Promise<readonly string[]>): void {
    this.#ready = ready
  }

  /** The present place in the order of signals. */
  mark(): number {
    return this.#heard
  }

  /** See `PostgresLink.hint`. */
  hint({ queues, mark, waitMs, signal }: HintRequest): Promise<void> {
    if (this.#closed || signal?.aborted) return Promise.resolve()
    const marks = queues.map(queueMark)
    this.#source.want()
    if (this.#heardSince(mark, marks)) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        if (!this.#waits.delete(wait)) return
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        this.#poll.update()
        resolve()
      }
      const wait: Wait = { queues, marks, end }
      const timer = setTimeout(end, waitMs)
      signal?.addEventListener('abort', end, { once: true })
      this.#waits.add(wait)
      this.#poll.update()
    })
  }

  /** See `PostgresLink.subscribe`. */
  async subscribe(session: string, listener: LinkListener): Promise<LinkSubscription> {
    if (this.#closed) throw new Closed('the connection to the store is closed')
    this.#listeners.set(session, listener)
    this.#poll.update()
    await this.#source.join(session)
    return {
      close: async () => {
        if (this.#listeners.get(session) !== listener) return
        this.#listeners.delete(session)
        this.#poll.update()
        await this.#source.leave(session)
      },
    }
  }

  /** Everybody was told something. */
  heard(payload: string): void {
    if (isNews(payload)) {
      for (const session of this.#listeners.keys()) this.heardSession(session, payload)
      return
    }
    this.#heard += 1
    this.#payloads.push(payload)
    if (this.#payloads.length > REMEMBERED) this.#payloads = this.#payloads.slice(-REMEMBERED / 2)
    for (const wait of this.#waits) if (wait.marks.some((mark) => isNamed(payload, mark))) wait.end()
  }

  /** A session was told something. */
  heardSession(session: string, payload: string): void {
    const listener = this.#listeners.get(session)
    const text = receivedText(payload)
    if (text === undefined) listener?.restored()
    else listener?.message(text)
  }

  /** Signals arrive from now on; earlier ones may have been lost. */
  restored(): void {
    // So many that nobody can know what was not among them.
    this.#heard += this.#payloads.length + 1
    this.#wakeAll()
    for (const listener of this.#listeners.values()) listener.restored()
  }

  /** Signals arrive no more: look often. */
  interrupted(): void {
    this.#poll.hurry()
  }

  /** End every wait. Idempotent. */
  close(): void {
    this.#closed = true
    this.#wakeAll()
    this.#listeners.clear()
    this.#poll.update()
  }

  /** Whether a signal after `mark` named one of these; also if that is not remembered. */
  #heardSince(mark: number, marks: readonly string[]): boolean {
    const missed = this.#heard - mark
    if (missed <= 0) return false
    if (missed > this.#payloads.length) return true
    return this.#payloads.slice(-missed).some((payload) => marks.some((queue) => isNamed(payload, queue)))
  }

  /** One question for all the queues that are waited for. */
  async #wakeReady(): Promise<void> {
    const ready = this.#ready
    if (ready === undefined) return this.#wakeAll()
    try {
      const queues = new Set([...this.#waits].flatMap((wait) => wait.queues))
      const marks = new Set((await ready([...queues])).map(queueMark))
      for (const wait of this.#waits) if (wait.marks.some((mark) => marks.has(mark))) wait.end()
    } catch {
      // The store is away: look again later.
    }
  }

  #wakeAll(): void {
    for (const wait of this.#waits) wait.end()
  }

  async #look(): Promise<void> {
    for (const listener of this.#listeners.values()) listener.poll()
    if (this.#waits.size > 0) await this.#wakeReady()
  }
}

interface Wait {
  readonly queues: readonly string[]
  readonly marks: readonly string[]
  readonly end: () => void
}
