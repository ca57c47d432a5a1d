import { MAX_BATCH_BYTES, MAX_BATCH_ITEMS } from '../backend/limits.ts'
import type { AppendAnswer, AppendEntry } from '../backend/settlement.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Lane } from '../client/lane.ts'
import { onTickEnd } from '../client/tick.ts'
import { FleetingMap } from '../fleeting-map.ts'
import type { HeldRun } from './held-run.ts'

/** What a job has to tell, as `progress()` and `saveOutput()` give it. */
export type News = Pick<AppendEntry, 'progress' | 'output'>

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

interface Pending {
  entry: AppendEntry
  readonly promise: Promise<AppendAnswer>
  readonly resolve: (answer: AppendAnswer) => void
  readonly reject: (error: unknown) => void
}

type Batch = readonly (readonly [HeldRun, Pending])[]

/** Stores news of running jobs: those of one tick in one call, of each job the last. */
export class NewsDesk {
  readonly #options: NewsDeskOptions
  readonly #waiting = new FleetingMap<HeldRun, Pending>()
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
  add(run: HeldRun, news: News): Promise<AppendAnswer> {
    let pending = this.#waiting.get(run)
    if (pending === undefined) {
      pending = newPending(run)
      this.#waiting.set(run, pending)
      this.#flushSoon()
    }
    pending.entry = { ...pending.entry, ...news }
    return pending.promise
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
    const entries = batch.map(([, { entry }]) => entry)
    lane
      .send((call) => queue.append(call, entries))
      .then(
        (answers) => this.#answer(batch, answers),
        (error: unknown) => {
          for (const [, { reject }] of batch) reject(error)
        },
      )
      .finally(() => {
        this.#underWay = false
        this.#options.owner.deskFree()
        this.#flush()
      })
  }

  #nextBatch(): Batch {
    const batch: [HeldRun, Pending][] = []
    let bytes = 0
    for (const one of this.#waiting) {
      bytes += mostBytes(one[1].entry)
      if (batch.length === MAX_BATCH_ITEMS || (batch.length > 0 && bytes > MAX_BATCH_BYTES)) break
      batch.push(one)
    }
    for (const [run] of batch) this.#waiting.delete(run)
    return batch
  }

  #answer(batch: Batch, answers: readonly AppendAnswer[]): void {
    for (const [index, [run, { resolve }]] of batch.entries()) {
      const answer = answers[index] ?? 'lost'
      if (answer !== 'ok') this.#options.owner.refused(run, answer)
      resolve(answer)
    }
  }
}

function newPending({ job }: HeldRun): Pending {
  let resolve!: Pending['resolve']
  let reject!: Pending['reject']
  const promise = new Promise<AppendAnswer>((onAnswer, onError) => {
    resolve = onAnswer
    reject = onError
  })
  return { entry: { id: job.id, token: job.token }, promise, resolve, reject }
}

function mostBytes({ output }: AppendEntry): number {
  if (output === undefined) return 0
  return typeof output === 'string' ? output.length * 3 : output.byteLength
}
