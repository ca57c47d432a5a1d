import type { SessionListener, Subscription } from '@taskspace/core/backend'
import type { LinkSubscription, RedisLink } from './connection/redis-link.ts'
import type { RedisKeys } from './keys.ts'
import { unpackTold } from './operations/outcome.ts'
import { RedisSubscription } from './redis-subscription.ts'

/** The subscriptions of one client, by session, and the clock that they share. */
export class Subscriptions {
  readonly #link: RedisLink
  readonly #keys: RedisKeys
  readonly #open = new Map<string, RedisSubscription>()
  #clock: Promise<LinkSubscription> | undefined

  constructor(link: RedisLink, keys: RedisKeys) {
    this.#link = link
    this.#keys = keys
  }

  /** Open the subscription of a session. */
  async listen(session: string, listener: SessionListener): Promise<Subscription> {
    await this.#hearClock()
    this.#open.get(session)?.stop()
    const subscription = new RedisSubscription({
      link: this.#link,
      keys: this.#keys,
      session,
      listener,
      onOver: (over) => this.#forget(over),
    })
    this.#open.set(session, subscription)
    await subscription.open()
    return subscription
  }

  /** Tell nothing more to anybody. */
  stop(): void {
    for (const subscription of [...this.#open.values()]) subscription.stop()
  }

  #forget(subscription: RedisSubscription): void {
    if (this.#open.get(subscription.session) === subscription) this.#open.delete(subscription.session)
  }

  async #hearClock(): Promise<void> {
    // Who missed something is told so by the session's own channel.
    const hearer = { message: (bytes: Buffer) => this.#due(bytes), restored: () => undefined }
    this.#clock ??= this.#link.subscribe(this.#keys.clock, hearer)
    try {
      await this.#clock
    } catch (error) {
      this.#clock = undefined
      throw error
    }
  }

  #due(bytes: Buffer): void {
    const { due } = unpackTold(bytes)
    if (due === undefined) return
    for (const subscription of this.#open.values()) subscription.due(due)
  }
}
