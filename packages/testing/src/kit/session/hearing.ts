import type { JobOutcome, SessionListener, Subscription } from '@taskspace/core/backend'
import { present } from './claimed.ts'
import type { KitSession } from './kit-session.ts'
import type { Patience } from './patience.ts'

/** A session's subscription that remembers what it heard, and asks again when it was interrupted, as a client must. */
export class Hearing {
  readonly #patience: Patience
  readonly #heard: JobOutcome[] = []
  readonly #asked = new Set<string>()
  #subscription: Subscription | undefined
  #interrupted = false
  #noticed = false
  readonly #news = new Set<string>()
  readonly #followed = new Set<string>()
  #earliestDue = Number.POSITIVE_INFINITY
  #wake: (() => void) | undefined
  #broken: unknown

  static async open(session: KitSession, patience: Patience): Promise<Hearing> {
    const hearing = new Hearing(patience)
    await hearing.#subscribe(session)
    return hearing
  }

  private constructor(patience: Patience) {
    this.#patience = patience
  }

  async #subscribe(session: KitSession): Promise<void> {
    this.#subscription = await session.queue.listen(session.id, this.#listener())
  }

  async watch(...ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#asked.add(id)
    await this.#open().watch(ids)
  }

  unwatch(...ids: readonly string[]): void {
    for (const id of ids) this.#asked.delete(id)
    this.#open().unwatch(ids)
  }

  async follow(...ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#followed.add(id)
    await this.#open().follow(ids)
  }

  unfollow(...ids: readonly string[]): void {
    for (const id of ids) this.#followed.delete(id)
    this.#open().unfollow(ids)
  }

  close(): Promise<void> {
    return this.#open().close()
  }

  /** Whether something may have been missed. */
  get wasInterrupted(): boolean {
    return this.#interrupted
  }

  /** What was heard of a job until now. */
  heard(id: string): JobOutcome[] {
    return this.#heard.filter((outcome) => outcome.id === id)
  }

  /** What is heard of a job, waiting for it if there was nothing yet; or what is heard of it the second time … */
  async outcome(id: string, count = 1): Promise<JobOutcome> {
    if (this.#interrupted && this.heard(id).length < count) await this.watch(id)
    this.#asked.add(id)
    await this.#until(() => this.heard(id).length >= count, `outcome ${count} of ${id}`)
    return present(this.heard(id)[count - 1], 'an outcome')
  }

  /** Whether something was said about what the session holds, since the last `noticed`. */
  get hasNotice(): boolean {
    return this.#noticed
  }

  /** Wait until something is said about jobs that the session holds. */
  async noticed(): Promise<void> {
    await this.#until(() => this.#noticed, 'a notice')
    this.#noticed = false
  }

  /** Wait until it is said that something was appended to a job. */
  async toldNews(id: string): Promise<void> {
    await this.#until(() => this.#news.has(id), `news of ${id}`)
    this.#news.delete(id)
  }

  /** Whether it was said, since the last `toldNews`, that something was appended to a job. */
  hasNews(id: string): boolean {
    return this.#news.has(id)
  }

  /** Wait until something is said to be due at `latest` or before. */
  async toldDue(latest: number): Promise<void> {
    await this.#until(() => this.#earliestDue <= latest, `word of what is due at ${latest}`)
  }

  #open(): Subscription {
    return present(this.#subscription, 'the subscription')
  }

  #until(happened: () => boolean, what: string): Promise<void> {
    const loop = async (): Promise<void> => {
      while (!happened()) {
        if (this.#broken !== undefined) throw this.#broken
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
    return this.#patience.within(loop(), what)
  }

  #listener(): SessionListener {
    return {
      outcomes: (outcomes) => this.#hear(() => this.#heard.push(...outcomes)),
      notice: () => this.#hear(() => this.#notice()),
      due: (at) => this.#hear(() => this.#due(at)),
      news: (ids) => this.#hear(() => this.#remember(ids)),
      interrupted: () => this.#hear(() => this.#askAgain()),
    }
  }

  #hear(remember: () => void): void {
    remember()
    this.#wake?.()
  }

  #notice(): void {
    this.#noticed = true
  }

  #remember(ids: readonly string[]): void {
    for (const id of ids) this.#news.add(id)
  }

  #due(at: number): void {
    this.#earliestDue = Math.min(this.#earliestDue, at)
  }

  /** Whoever was interrupted looks for itself: at its jobs, at the time, and at each outcome it still waits for. */
  #askAgain(): void {
    this.#interrupted = true
    this.#noticed = true
    for (const id of this.#followed) this.#news.add(id)
    this.#earliestDue = Number.NEGATIVE_INFINITY
    const open = [...this.#asked].filter((id) => this.heard(id).length === 0)
    if (open.length > 0) this.#retry((subscription) => subscription.watch(open))
    const followed = [...this.#followed]
    if (followed.length > 0) this.#retry((subscription) => subscription.follow(followed))
  }

  #retry(ask: (subscription: Subscription) => Promise<void>): void {
    const failed = (error: unknown): void => this.#hear(() => this.#break(error))
    ask(this.#open()).catch(failed)
  }

  #break(error: unknown): void {
    this.#broken = error
  }
}
