import type { SessionListener, Subscription } from '@taskspace/core/backend'
import type { LinkSubscription, PostgresLink } from '../connection/postgres-link.ts'
import type { Expectation } from './awaited-jobs.ts'
import { Listening } from './listening-session.ts'
import type { Message } from './news.ts'
import type { StoreFunctions } from './store-functions.ts'

/** The subscriptions of the sessions of one queue object: one a session, the last one. */
export class Subscriptions {
  readonly #functions: StoreFunctions
  readonly #link: PostgresLink
  readonly #current = new Map<string, Listening>()
  #isClosed = false

  constructor(functions: StoreFunctions, link: PostgresLink) {
    this.#functions = functions
    this.#link = link
  }

  /** Subscribe a session. Signals reach it once this resolves. */
  async open(namespace: number, session: string, listener: SessionListener): Promise<Subscription> {
    const listening = new Listening({ functions: this.#functions, namespace, session, listener })
    this.#current.set(session, listening)
    let isOpen = false
    const subscription = await this.#link.subscribe(session, {
      message: (text) => listening.hear(JSON.parse(text) as Message),
      // What happened before it was open is nothing that it missed.
      restored: () => isOpen && listening.interrupted(),
      poll: () => listening.poll(),
    })
    isOpen = true
    return {
      watch: (ids) => listening.watch(ids),
      unwatch: (ids) => listening.unwatch(ids),
      follow: (ids) => listening.follow(ids),
      unfollow: (ids) => listening.unfollow(ids),
      close: () => this.#close(session, listening, subscription),
    }
  }

  /** Tell a session of this process; false if it is none, or does not listen here. */
  tell(session: string, message: Message): boolean {
    const listening = this.#current.get(session)
    if (listening === undefined) return false
    queueMicrotask(() => {
      if (!this.#isClosed && this.#current.get(session) === listening) listening.hear(message)
    })
    return true
  }

  /** Who listens here. */
  sessions(): readonly string[] {
    return [...this.#current.keys()]
  }

  /** Tell every session that listens here. */
  tellAll(message: Message): void {
    for (const session of this.#current.keys()) this.tell(session, message)
  }

  /** The session is about to enqueue these with `reply`. */
  expect(session: string, ids: readonly string[]): void {
    this.#current.get(session)?.expect(ids)
  }

  /** That was answered: it is a new job, one that was there, or none. */
  expected(session: string, id: string, what: Expectation): void {
    this.#current.get(session)?.expected(id, what)
  }

  /** Tell nobody anything more. */
  async close(): Promise<void> {
    this.#isClosed = true
    const all = [...this.#current.values()]
    this.#current.clear()
    await Promise.all(all.map((each) => each.close()))
  }

  async #close(session: string, listening: Listening, subscription: LinkSubscription): Promise<void> {
    if (this.#current.get(session) === listening) this.#current.delete(session)
    await listening.close()
    await subscription.close()
  }
}
