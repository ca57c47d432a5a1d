import type { JobOutcome, SessionListener } from '@taskspace/core/backend'
import { AwaitedJobs, type Expectation } from './awaited-jobs.ts'
import { FollowedJobs, type StoredMarkOfJob } from './followed-jobs.ts'
import type { Message } from './news.ts'
import { outcomeOf, type StoredOutcome } from './outcome-json.ts'
import type { StoreFunctions } from './store-functions.ts'
import { escapeText, unescapeText } from './text-escapes.ts'

/** Most ids that one look at the store asks for. */
const LOOK_AT_ONCE = 256

/** What a listening session works with. */
export interface ListeningOptions {
  readonly functions: StoreFunctions
  readonly namespace: number
  readonly session: string
  readonly listener: SessionListener
}

/**
 * One subscription: what the session waits for, and what it was told. Outcomes come by messages, or are found by looking
 * at the store; each is told once for each time it was asked for.
 */
export class Listening {
  readonly #functions: StoreFunctions
  readonly #namespace: number
  readonly #session: string
  readonly #listener: SessionListener
  readonly #awaited = new AwaitedJobs()
  readonly #followed = new FollowedJobs()
  readonly #underWay = new Set<Promise<unknown>>()
  #told: JobOutcome[] = []
  #news = new Set<string>()
  #isLooking = false
  #isFollowing = false
  #isClosed = false

  constructor({ functions, namespace, session, listener }: ListeningOptions) {
    this.#functions = functions
    this.#namespace = namespace
    this.#session = session
    this.#listener = listener
  }

  /** Tell the outcomes of these as they end. */
  async watch(ids: readonly string[]): Promise<void> {
    if (this.#isClosed || ids.length === 0) return
    this.#awaited.ask(ids)
    const ended = await this.#ask(ids).finally(() => {
      for (const id of ids) this.#awaited.answered(id, 'same')
    })
    this.#tellStored(ended)
  }

  /** A call is under way after which the store tells of these. */
  expect(ids: readonly string[]): void {
    this.#awaited.ask(ids)
  }

  /** That call has ended: it is a new job, one that was there, or none. */
  expected(id: string, what: Expectation): void {
    this.#awaited.answered(id, what)
  }

  /** Tell nothing more of these. */
  unwatch(ids: readonly string[]): void {
    const known = ids.filter((id) => this.#awaited.drop(id))
    if (!this.#isClosed && known.length > 0) this.#run('unwatch_v1', known)
  }

  /** Tell what is appended to these. */
  async follow(ids: readonly string[]): Promise<void> {
    if (this.#isClosed || ids.length === 0) return
    this.#followed.add(ids)
    this.#followed.found(marksOf(await this.#functions.ask('follow_v1', this.#values(ids))))
  }

  /** Tell no more what is appended to these. */
  unfollow(ids: readonly string[]): void {
    const known = ids.filter((id) => this.#followed.delete(id))
    if (!this.#isClosed && known.length > 0) this.#run('unfollow_v1', known)
  }

  /** Something was told to this session. */
  hear(message: Message): void {
    if (this.#isClosed) return
    switch (message[0]) {
      case 'n':
        return this.#listener.notice()
      case 'd':
        return this.#listener.due(message[1])
      case 'o':
        return this.#tellStored([message[1]])
      case 'f':
        return this.#tellNews(unescapeText(message[1]))
      case 'l':
        return this.#lookNow(message[1])
    }
  }

  /** Messages may have been lost. */
  interrupted(): void {
    if (!this.#isClosed) this.#listener.interrupted()
  }

  /** Look whether something has ended, or was appended, that it was not told of. */
  poll(): void {
    if (this.#followed.size > 0 && !this.#isFollowing) this.#lookForNews()
    if (this.#awaited.size === 0 || this.#isLooking) return
    const some = this.#awaited.next(LOOK_AT_ONCE)
    if (some.size > 0) this.#look(some)
  }

  /** Tell nothing more; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#underWay)
  }

  #look(some: ReadonlyMap<string, object>): void {
    this.#isLooking = true
    const look = async (): Promise<void> => {
      try {
        const found = await this.#askAgain([...some.keys()])
        this.#tellStored(found.filter((outcome) => this.#isCertain(outcome, some)))
      } catch {
        // The store is away: the next poll looks again.
      } finally {
        this.#isLooking = false
      }
    }
    this.#track(look())
  }

  #lookForNews(): void {
    this.#isFollowing = true
    const look = async (): Promise<void> => {
      try {
        const values = [this.#namespace, this.#followed.next(LOOK_AT_ONCE).map(escapeText)]
        const marks = marksOf(await this.#functions.ask('appended_v1', values))
        for (const id of this.#followed.found(marks)) this.#addNews(id)
      } catch {
        // The store is away: the next poll looks again.
      } finally {
        this.#isFollowing = false
      }
    }
    this.#track(look())
  }

  /** Somebody told that this has ended. If the store is away, a poll finds it later. */
  #lookNow(id: string): void {
    const look = async (): Promise<void> => this.#tellStored(await this.#askAgain([id]))
    this.#track(look().catch(() => undefined))
  }

  /**
   * What was told meanwhile is not told again; and a result that is not kept is told to those who wait as it goes: a look
   * may come before that.
   */
  #isCertain([state, storedId]: StoredOutcome, before: ReadonlyMap<string, object>): boolean {
    const id = unescapeText(storedId)
    if (!this.#awaited.isAsBefore(id, before.get(id))) return false
    return state !== 'gone' || this.#awaited.isMissedAgain(id)
  }

  async #ask(ids: readonly string[]): Promise<readonly StoredOutcome[]> {
    return this.#functions.ask('watch_v1', this.#values(ids))
  }

  /** What was not kept is there for a minute for those who asked before. */
  async #askAgain(ids: readonly string[]): Promise<readonly StoredOutcome[]> {
    return this.#functions.ask('watch_again_v1', this.#values(ids))
  }

  #tellStored(stored: readonly StoredOutcome[]): void {
    const outcomes = stored.map(outcomeOf).filter(({ id }) => this.#awaited.take(id))
    if (this.#isClosed || outcomes.length === 0) return
    for (const { id } of outcomes) this.#followed.delete(id)
    this.#told.push(...outcomes)
    if (this.#told.length === outcomes.length) queueMicrotask(() => this.#flush())
  }

  #tellNews(id: string): void {
    if (!this.#followed.has(id)) return
    this.#followed.told(id)
    this.#addNews(id)
  }

  #addNews(id: string): void {
    this.#news.add(id)
    if (this.#news.size === 1) queueMicrotask(() => this.#flush())
  }

  /** What came in one tick is told together. */
  #flush(): void {
    const [told, news] = [this.#told, this.#news]
    this.#told = []
    this.#news = new Set()
    if (this.#isClosed) return
    if (told.length > 0) this.#listener.outcomes(told)
    if (news.size > 0) this.#listener.news([...news])
  }

  /** Nobody needs the answer: what was not taken back is told in vain, and not handed on. */
  #run(name: string, ids: readonly string[]): void {
    this.#track(this.#functions.ask(name, this.#values(ids)).catch(() => undefined))
  }

  #track(running: Promise<unknown>): void {
    this.#underWay.add(running)
    void running.finally(() => this.#underWay.delete(running))
  }

  #values(ids: readonly string[]): readonly unknown[] {
    return [this.#namespace, escapeText(this.#session), ids.map(escapeText)]
  }
}

function marksOf(stored: readonly StoredMarkOfJob[]): readonly StoredMarkOfJob[] {
  return stored.map(([id, mark]) => [unescapeText(id), mark])
}
