import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { Contender } from '../contender.ts'

/** What is kept of a job. */
interface JobRecord {
  readonly id: string
  readonly input: string
  result: string | undefined
  answer: ((result: unknown) => void) | undefined
}

const running = new AsyncLocalStorage<JobRecord>()
const outside = new AsyncResource('bare')

/**
 * No queue, but what every queue pays that keeps such promises: an id and a stored record for each job, arguments and
 * result encoded, a context of its own to run in, a promise for whoever waits, and batches by tick. It has no errors,
 * retries, leases, options, priorities, dependencies or expiry, and nobody could put another store in its place.
 */
export const bare: Contender = {
  name: 'bare',
  async start(concurrency) {
    const queue = new BareQueue(concurrency)
    return { call: (number) => queue.call(number), runs: () => queue.runs, stop: async () => undefined }
  },
}

class BareQueue {
  runs = 0
  readonly #concurrency: number
  readonly #records = new Map<string, JobRecord>()
  #line: JobRecord[] = []
  #head = 0
  #isAsked = false

  constructor(concurrency: number) {
    this.#concurrency = concurrency
  }

  call(number: number): Promise<number> {
    return new Promise((resolve) => {
      const id = randomUUID()
      const answer = resolve as JobRecord['answer']
      this.#line.push({ id, input: JSON.stringify([number]), result: undefined, answer })
      this.#runSoon()
    })
  }

  #runSoon(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    process.nextTick(() => this.#runBatch())
  }

  #runBatch(): void {
    this.#isAsked = false
    const batch = this.#line.slice(this.#head, this.#head + this.#concurrency)
    this.#head += batch.length
    for (const job of batch) {
      this.#records.set(job.id, job)
      job.result = JSON.stringify(outside.runInAsyncScope(enter, undefined, job, () => this.#echo(job)))
    }
    queueMicrotask(() => tell(batch))
    if (this.#head < this.#line.length) return this.#runSoon()
    this.#line = []
    this.#head = 0
  }

  #echo(job: JobRecord): unknown {
    const [number] = JSON.parse(job.input) as [number]
    this.runs += 1
    return number
  }
}

function enter(job: JobRecord, run: () => unknown): unknown {
  running.enterWith(job)
  return run()
}

function tell(batch: readonly JobRecord[]): void {
  for (const job of batch) {
    job.answer?.(JSON.parse(job.result ?? 'null'))
    job.answer = undefined
  }
}
