import type { Settlement } from '@taskspace/core/backend'
import type { Signal } from '../connection/postgres-link.ts'
import { outcomeOf, type StoredOutcome, storedOutcome, successOf } from './outcome-json.ts'
import type { Subscriptions } from './subscriptions.ts'
import { unescapeText } from './text-escapes.ts'

/** What a call has brought about for others, as the store answers it. Names are escaped. */
export type StoredNews =
  | readonly [what: 'q', queue: string]
  | readonly [what: 'n', session: string]
  | readonly [what: 'd', at: number]
  | readonly [what: 'o', sessions: readonly string[], outcome: StoredOutcome]
  | readonly [what: 's', session: string, index: number, series: number]
  | readonly [what: 'f', sessions: readonly string[], id: string]

/** What one process tells a session of another, as JSON. */
export type Message =
  | readonly [what: 'n']
  | readonly [what: 'd', at: number]
  | readonly [what: 'f', id: string]
  | readonly [what: 'o', outcome: StoredOutcome]
  /** The outcome is too long to be told: read it. */
  | readonly [what: 'l', id: string]

/** Longest message, in bytes. */
const MAX_MESSAGE_BYTES = 5_000

/** A due time is told again if it was told this long ago, in ms of this process. */
const DUE_AGAIN_MS = 1_000

/** Tells sessions of this process directly, and all others by signals. */
export class NewsTeller {
  readonly #subscriptions: Subscriptions
  readonly #notify: (signals: readonly Signal[]) => void
  #dueTold = { at: Number.POSITIVE_INFINITY, when: Number.NEGATIVE_INFINITY }

  constructor(subscriptions: Subscriptions, notify: (signals: readonly Signal[]) => void) {
    this.#subscriptions = subscriptions
    this.#notify = notify
  }

  /** Tell all that a call has brought about; `settlements` are those of the call. */
  tell(news: readonly StoredNews[], settlements: readonly Settlement[] = []): void {
    if (news.length === 0) return
    const signals = news.flatMap((each) => this.#signalsOf(each, settlements))
    if (signals.length > 0) this.#notify(signals)
  }

  #signalsOf(news: StoredNews, settlements: readonly Settlement[]): readonly Signal[] {
    switch (news[0]) {
      case 'q':
        return [{ queue: unescapeText(news[1]) }]
      case 'n':
        return this.#toEach([news[1]], ['n'])
      case 'd':
        return this.#due(news[1])
      case 'f':
        return this.#toEach(news[1], ['f', news[2]])
      case 'o':
        return this.#toEach(news[1], ['o', news[2]])
      case 's':
        return this.#toEach([news[1]], ['o', settledOutcome(news, settlements)])
    }
  }

  #toEach(sessions: readonly string[], message: Message): readonly Signal[] {
    return sessions.map(unescapeText).flatMap((session) => {
      if (this.#subscriptions.tell(session, message)) return []
      return [{ session, text: messageText(message) }]
    })
  }

  /** Many calls bring the same about: it is told once in a while. */
  #due(at: number): readonly Signal[] {
    const now = performance.now()
    if (at >= this.#dueTold.at && now - this.#dueTold.when < DUE_AGAIN_MS) return []
    this.#dueTold = { at, when: now }
    this.#subscriptions.tellAll(['d', at])
    return [{ session: '*', text: messageText(['d', at]) }]
  }
}

function settledOutcome(
  [, , index, series]: Extract<StoredNews, readonly ['s', ...unknown[]]>,
  settlements: readonly Settlement[],
): StoredOutcome {
  const settled = settlements[index]
  if (settled?.kind !== 'success') throw new Error('the store tells of a success that was not among the settlements')
  const { id, value, resultTtlMs = 1 } = settled
  return storedOutcome(successOf(id, series, value, resultTtlMs > 0))
}

function messageText(message: Message): string {
  const text = JSON.stringify(message)
  if (message[0] !== 'o' || Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text
  return JSON.stringify(['l', outcomeOf(message[1]).id] satisfies Message)
}
