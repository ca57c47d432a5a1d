import { randomBytes } from 'node:crypto'
import type { LinkSubscription, RedisLink } from './connection/redis-link.ts'
import type { RedisKeys } from './keys.ts'

/**
 * Longest time that a claim trusts that it would be woken, in ms. The link sees to it that the subscription is alive, and
 * wakes all when it was not: after 5 s as a rule, 45 s where nothing has gone on for a minute.
 */
const MOST_TRUST_MS = 60_000

/** Wakes the claims of one client that wait, when there may be something for them. */
export class Wakes {
  readonly #link: RedisLink
  readonly #keys: RedisKeys
  readonly #waiting = new Set<() => void>()
  /** Under which name queues know it. */
  readonly client = randomBytes(12).toString('hex')
  #subscription: Promise<LinkSubscription> | undefined
  #isHearing = false
  #count = 0

  constructor(link: RedisLink, keys: RedisKeys) {
    this.#link = link
    this.#keys = keys
  }

  /** How often something came: what comes between two looks is not missed. */
  get count(): number {
    return this.#count
  }

  /** Whether hints are heard. */
  get isHearing(): boolean {
    return this.#isHearing
  }

  /** Hear hints from now on. Idempotent. */
  async listen(): Promise<void> {
    const hearer = { message: () => this.wake(), restored: () => this.wake() }
    this.#subscription ??= this.#link.subscribe(this.#keys.wake(this.client), hearer)
    try {
      await this.#subscription
      this.#isHearing = true
    } catch (error) {
      this.#subscription = undefined
      throw error
    }
  }

  /** Let all that wait look again. */
  wake(): void {
    this.#count += 1
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves when more than `seen` hints have come, after `waitMs` or a minute, or when the signal aborts: whether they came. */
  wait(seen: number, waitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#count > seen || signal?.aborted) return Promise.resolve(this.#count > seen)
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        this.#waiting.delete(end)
        resolve(this.#count > seen)
      }
      const timer = setTimeout(end, Math.min(waitMs, MOST_TRUST_MS))
      signal?.addEventListener('abort', end, { once: true })
      this.#waiting.add(end)
    })
  }
}
