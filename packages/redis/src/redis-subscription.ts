import type { JobOutcome, SessionListener, Subscription } from '@taskspace/core/backend'
import type { LinkSubscription, RedisLink } from './connection/redis-link.ts'
import type { RedisKeys } from './keys.ts'
import { answerOf } from './operations/answer.ts'
import { packFollow, packWatch, unpackTold, unpackWatch } from './operations/outcome.ts'
import { packSession } from './operations/session.ts'
import { SCRIPTS } from './scripts.ts'

/** Whose subscription it is, and who hears it. */
export interface RedisSubscriptionOptions {
  readonly link: RedisLink
  readonly keys: RedisKeys
  readonly session: string
  readonly listener: SessionListener
  /** It is over, by `close` or because another one has taken its place. */
  readonly onOver: (subscription: RedisSubscription) => void
}

/** A session's ear: what is published for it, told to its listener. */
export class RedisSubscription implements Subscription {
  readonly #options: RedisSubscriptionOptions
  #channel: LinkSubscription | undefined
  /** Its number, once it is known; and the highest that was heard of. */
  #number: number | undefined
  #taken = 0
  #isOver = false

  constructor(options: RedisSubscriptionOptions) {
    this.#options = options
  }

  get session(): string {
    return this.#options.session
  }

  /** Begin to hear; what the session had before hears nothing more. @throws SessionUnknown, SessionEnded */
  async open(): Promise<void> {
    const { link, keys, session, listener } = this.#options
    this.#channel = await link.subscribe(keys.told(session), {
      message: (bytes) => this.#hear(bytes),
      restored: () => this.#tell(() => listener.interrupted()),
    })
    try {
      const reply = await link.run('control', SCRIPTS.listen, [packSession(session)])
      this.#number = answerOf(reply, { session }).number()
      this.#give()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async watch(ids: readonly string[]): Promise<void> {
    if (this.#isOver) return
    const { link, session, listener } = this.#options
    const reply = await link.run('data', SCRIPTS.watch, [packWatch(session, ids)])
    const ended: readonly JobOutcome[] = unpackWatch(reply, session)
    if (ended.length > 0) this.#tell(() => listener.outcomes(ended))
  }

  unwatch(ids: readonly string[]): void {
    this.#leave(ids, 'unwatch')
  }

  async follow(ids: readonly string[]): Promise<void> {
    if (this.#isOver) return
    const { link, session } = this.#options
    answerOf(await link.run('data', SCRIPTS.follow, [packFollow(session, ids, 'follow')]), { session })
  }

  unfollow(ids: readonly string[]): void {
    this.#leave(ids, 'unfollow')
  }

  async close(): Promise<void> {
    this.stop()
    await this.#channel?.close()
  }

  /** Tell nothing more. */
  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.onOver(this)
  }

  /** Something is due: told to all sessions alike. */
  due(at: number): void {
    this.#tell(() => this.#options.listener.due(at))
  }

  #leave(ids: readonly string[], what: 'unwatch' | 'unfollow'): void {
    if (this.#isOver) return
    const { link, session } = this.#options
    // Who did not come to say so hears a little too much, which a listener has to bear anyway.
    link.run('data', SCRIPTS.follow, [packFollow(session, ids, what)]).catch(() => undefined)
  }

  #hear(bytes: Buffer): void {
    const { listener } = this.#options
    const { outcomes, news, notice, taken } = unpackTold(bytes)
    this.#taken = Math.max(this.#taken, taken ?? 0)
    this.#give()
    if (outcomes.length > 0) this.#tell(() => listener.outcomes(outcomes))
    if (news.length > 0) this.#tell(() => listener.news(news))
    if (notice) this.#tell(() => listener.notice())
  }

  /** Whoever took the place of this subscription is somewhere else. */
  #give(): void {
    if (this.#number !== undefined && this.#taken > this.#number) void this.close()
  }

  #tell(say: () => void): void {
    if (!this.#isOver) say()
  }
}
