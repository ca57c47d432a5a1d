import type { JobOutcome, SessionListener, Subscription } from '@taskspace/core/backend'

type Listen = (listener: SessionListener) => Promise<Subscription>

/**
 * A subscription that breaks whenever something is pushed: what was pushed is dropped, the session subscribes anew and is
 * told that it was interrupted. The second time that an outcome comes, it arrives.
 */
export class RenewedSubscription implements Subscription {
  readonly #listen: Listen
  readonly #listener: SessionListener
  readonly #dropped = new Set<string>()
  #live: Subscription
  #renewing: Promise<void> = Promise.resolve()
  #isClosed = false

  static async open(listen: Listen, listener: SessionListener): Promise<RenewedSubscription> {
    const subscription = new RenewedSubscription(listen, listener)
    await subscription.#subscribe()
    return subscription
  }

  private constructor(listen: Listen, listener: SessionListener) {
    this.#listen = listen
    this.#listener = listener
    this.#live = NO_SUBSCRIPTION
  }

  async watch(ids: readonly string[]): Promise<void> {
    await this.#renewing
    await this.#live.watch(ids)
  }

  unwatch(ids: readonly string[]): void {
    this.#live.unwatch(ids)
  }

  async follow(ids: readonly string[]): Promise<void> {
    await this.#renewing
    await this.#live.follow(ids)
  }

  unfollow(ids: readonly string[]): void {
    this.#live.unfollow(ids)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#renewing
    await this.#live.close()
  }

  async #subscribe(): Promise<void> {
    this.#live = await this.#listen({
      outcomes: (outcomes) => this.#push(outcomes),
      notice: () => this.#break(),
      due: () => this.#break(),
      news: () => this.#break(),
      interrupted: () => this.#listener.interrupted(),
    })
  }

  #push(outcomes: readonly JobOutcome[]): void {
    const again = outcomes.filter((outcome) => this.#dropped.has(outcome.id))
    const dropped = outcomes.filter((outcome) => !this.#dropped.has(outcome.id))
    for (const outcome of dropped) this.#dropped.add(outcome.id)
    if (again.length > 0) this.#listener.outcomes(again)
    if (dropped.length > 0) this.#break()
  }

  #break(): void {
    this.#renewing = this.#renewing.then(() => this.#renew())
  }

  async #renew(): Promise<void> {
    if (this.#isClosed) return
    await this.#subscribe()
    this.#listener.interrupted()
  }
}

const NO_SUBSCRIPTION: Subscription = {
  watch: () => Promise.resolve(),
  unwatch: () => undefined,
  follow: () => Promise.resolve(),
  unfollow: () => undefined,
  close: () => Promise.resolve(),
}
