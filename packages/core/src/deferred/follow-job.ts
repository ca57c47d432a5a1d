import { isUnavailable } from '../client/away.ts'
import type { Client } from '../client/client.ts'
import type { Follower } from '../client/followers.ts'
import { JournalReader } from '../client/journal-reader.ts'
import type { JobNews } from '../journal/job-news.ts'
import { parseJournalLine } from '../journal/journal-text.ts'
import type { JobRef } from '../queue/deferred.ts'

/** What is followed, and from where. */
export interface FollowRequest {
  readonly client: Client
  readonly job: Pick<JobRef, 'id' | 'enqueued' | 'wait'>
  /** Number of the last line that is known. */
  readonly after: number
  readonly signal: AbortSignal | undefined
}

/** What a job has to tell until it has ended, as it comes. Outages of the backend are waited for. */
export async function* followJob({
  client,
  job,
  after,
  signal,
}: FollowRequest): AsyncGenerator<JobNews, void, undefined> {
  const bell = new Bell(job.id)
  const reader = new NewsReader(client, job.id, after)
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  await job.enqueued({ signal })
  try {
    job.wait(Number.POSITIVE_INFINITY, { signal: either }).then(
      () => bell.end(),
      (error: unknown) => bell.fail(error),
    )
    await client.followers.add(bell)
    while (true) {
      // Before reading: what was written until the end is stored when that is told.
      const isLast = bell.hasEnded
      yield* reader.news()
      if (isLast && !reader.isBehind) return
      await bell.rung()
    }
  } finally {
    client.followers.remove(bell)
    stop.abort()
  }
}

/** Reads what is new of a job. */
class NewsReader {
  readonly #client: Client
  readonly #id: string
  readonly #journal: JournalReader
  #progress: number | undefined
  /** The backend was away: there may be more. */
  isBehind = false

  constructor(client: Client, id: string, after: number) {
    this.#client = client
    this.#id = id
    this.#journal = new JournalReader(client, id, after)
  }

  async *news(): AsyncGenerator<JobNews, void, undefined> {
    try {
      for await (const page of this.#journal.lines()) {
        for (const line of page) yield parseJournalLine(line, this.#client.codec)
      }
      const progress = (await this.#client.records.ask(this.#id))?.progress
      const isNew = progress !== undefined && progress !== this.#progress
      this.#progress = progress
      if (isNew) yield { kind: 'progress', progress }
      this.isBehind = false
    } catch (error) {
      if (!isUnavailable(error)) throw error
      this.isBehind = true
    }
  }
}

/** Rings when there may be news, when the job has ended, and when nothing more can be told. */
class Bell implements Follower {
  readonly id: string
  hasEnded = false
  #isRung = false
  #error: { readonly cause: unknown } | undefined
  #ring: (() => void) | undefined

  constructor(id: string) {
    this.id = id
  }

  wake(closed?: Error): void {
    if (closed !== undefined) this.#error ??= { cause: closed }
    this.#isRung = true
    this.#ring?.()
  }

  end(): void {
    this.hasEnded = true
    this.wake()
  }

  fail(cause: unknown): void {
    this.#error ??= { cause }
    this.wake()
  }

  /** Resolves when it rings, or has rung since. @throws why nothing more can be told. */
  async rung(): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        this.#ring = resolve
      })
    }
    this.#isRung = false
    if (this.#error !== undefined) throw this.#error.cause
  }
}
