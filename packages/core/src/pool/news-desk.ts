import type { AppendAnswer, AppendEntry } from '../backend/settlement.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Lane } from '../client/lane.ts'
import { onTickEnd } from '../client/tick.ts'
import { FleetingMap } from '../fleeting-map.ts'
import type { JobReport } from './executor.ts'
import type { HeldRun } from './held-run.ts'
import { CallRoom, PendingNews } from './pending-news.ts'

/** What the desk tells its pool. */
export interface NewsDeskOwner {
  /** News of a job were refused, or answered with a request to stop. */
  refused(run: HeldRun, answer: Exclude<AppendAnswer, 'ok'>): void
  /** A call is over. */
  deskFree(): void
}

/** What a desk works with. */
export interface NewsDeskOptions {
  readonly queue: Pick<TaskQueue, 'append'>
  readonly lane: Lane
  readonly owner: NewsDeskOwner
}

interface Part {
  readonly run: HeldRun
  readonly news: PendingNews
  readonly entry: AppendEntry
  /** Whether there is no more to tell of it. */
  readonly isLast: boolean
}

/** Stores news of running jobs: those of one tick in one call, of each job the last progress and output, and its lines. */
export class NewsDesk {
  readonly #options: NewsDeskOptions
  readonly #waiting = new FleetingMap<HeldRun, PendingNews>()
  #underWay = false
  #asked = false

  constructor(options: NewsDeskOptions) {
    this.#options = options
  }

  /** Whether everything was told. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0 && !this.#underWay
  }

  /** Store news of a job; resolves when they, or later ones of the same tick, are stored. */
  add(run: HeldRun, report: JobReport): Promise<AppendAnswer> {
    let news = this.#waiting.get(run)
    if (news === undefined) {
      news = new PendingNews(run)
      this.#waiting.set(run, news)
      this.#flushSoon()
    }
    news.add(report)
    return news.promise
  }

  #flushSoon(): void {
    if (this.#asked) return
    this.#asked = true
    onTickEnd(() => {
      this.#asked = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#underWay || this.#waiting.size === 0) return
    const { queue, lane } = this.#options
    const batch = this.#nextBatch()
    this.#underWay = true
    const entries = batch.map(({ entry }) => entry)
    lane
      .send((call) => queue.append(call, entries))
      .then(
        (answers) => this.#answer(batch, answers),
        (error: unknown) => {
          for (const { news } of batch) news.reject(error)
        },
      )
      .finally(() => {
        this.#underWay = false
        this.#options.owner.deskFree()
        this.#flush()
      })
  }

  #nextBatch(): readonly Part[] {
    const batch: Part[] = []
    const room = new CallRoom()
    for (const [run, news] of this.#waiting) {
      const entry = room.isFull ? undefined : news.take(room)
      if (entry === undefined) break
      batch.push({ run, news, entry, isLast: news.isTaken })
    }
    for (const { run, isLast } of batch) if (isLast) this.#waiting.delete(run)
    return batch
  }

  #answer(batch: readonly Part[], answers: readonly AppendAnswer[]): void {
    for (const [index, { run, news, isLast }] of batch.entries()) {
      const answer = answers[index] ?? 'lost'
      if (answer !== 'ok') this.#options.owner.refused(run, answer)
      // What else there is of a job that was lost would be refused as well.
      if (answer === 'lost' && !isLast) this.#waiting.delete(run)
      if (isLast || answer === 'lost') news.resolve(answer)
    }
  }
}
