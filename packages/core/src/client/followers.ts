import type { Clock, Timer } from '../backend/clock.ts'
import { MAX_BATCH_ITEMS } from '../backend/limits.ts'
import { Closed } from '../errors/backend-errors.ts'
import type { Logger } from '../logger.ts'
import { isAway } from './away.ts'
import type { Feed } from './feed.ts'

/** Whoever follows looks this often by itself: any hint may be lost. */
const REFRESH_MS = 15_000

/** What followers need. */
export interface FollowersOptions {
  readonly feed: Feed
  readonly clock: Clock
  readonly logger: Logger
}

/** Somebody who follows one job. */
export interface Follower {
  readonly id: string
  /** There may be news, or `closed` says why there will be none any more. */
  wake(closed?: Closed): void
}

/** Everybody who follows jobs, over one subscription. */
export class Followers {
  readonly #options: FollowersOptions
  readonly #byJob = new Map<string, Set<Follower>>()
  #refresh: Timer | undefined
  #closed = false

  constructor(options: FollowersOptions) {
    this.#options = options
  }

  /** Follow a job. Resolves when nothing is missed from now on; what was before is the caller's to read. @throws Closed */
  async add(follower: Follower): Promise<void> {
    if (this.#closed) throw closedError(follower.id)
    const { id } = follower
    const others = this.#byJob.get(id)
    if (others === undefined) this.#byJob.set(id, new Set([follower]))
    else others.add(follower)
    this.#refresh ??= this.#options.clock.setTimer(() => this.#lookAround(), REFRESH_MS, true)
    const opening = this.#options.feed.open()
    // Where it has to be opened, `reopened` asks for everything.
    if (opening !== undefined) await opening
    else if (others === undefined) await this.#ask([id])
  }

  /** Follow it no more. */
  remove(follower: Follower): void {
    const { id } = follower
    const others = this.#byJob.get(id)
    if (others?.delete(follower) !== true || others.size > 0) return
    this.#byJob.delete(id)
    if (this.#options.feed.isOpen) this.#options.feed.unfollow([id])
  }

  /** Something was appended to these jobs. */
  tell(ids: readonly string[]): void {
    for (const id of ids) for (const follower of this.#byJob.get(id) ?? []) follower.wake()
  }

  /** The subscription is open, or open again: hints may have been lost. */
  reopened(): void {
    void this.#askAll()
  }

  /** Whoever follows is told that nothing more comes. Idempotent. */
  close(): void {
    this.#closed = true
    this.#refresh?.cancel()
    const all = [...this.#byJob.values()].flatMap((followers) => [...followers])
    this.#byJob.clear()
    for (const follower of all) follower.wake(closedError(follower.id))
  }

  #lookAround(): void {
    this.#refresh = undefined
    if (this.#byJob.size === 0) return
    this.#refresh = this.#options.clock.setTimer(() => this.#lookAround(), REFRESH_MS, true)
    void this.#askAll()
  }

  async #askAll(): Promise<void> {
    const ids = [...this.#byJob.keys()]
    for (let from = 0; from < ids.length; from += MAX_BATCH_ITEMS)
      await this.#ask(ids.slice(from, from + MAX_BATCH_ITEMS))
    this.tell(ids)
  }

  /** Those that cannot be asked for now are with the next look around. */
  async #ask(ids: readonly string[]): Promise<void> {
    try {
      await this.#options.feed.follow(ids)
    } catch (error) {
      if (!this.#closed && !isAway(error)) this.#options.logger.error('cannot follow jobs', error)
    }
  }
}

function closedError(id: string): Closed {
  return new Closed(`closed while following job ${id}; the job goes on`)
}
