import type { JobOutcome } from '../backend/outcome.ts'
import type { Payload } from '../backend/payload.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Codec } from '../codec/codec.ts'
import type { JobEntry } from '../deferred/job-entry.ts'
import { EXPIRED_TEXT } from '../errors/failure-record.ts'
import { ResultIgnored } from '../errors/job-errors.ts'
import { TaskExpired } from '../errors/task-failure.ts'
import type { Logger } from '../logger.ts'
import { isAway } from './away.ts'
import { decodeFailure } from './decode-failure.ts'
import { decodeValue } from './decode-value.ts'
import { readLargeValue } from './large-value.ts'

/** Tells one entry how its job ended. */
type Settle = (entry: JobEntry) => void

/** Turns outcomes into what the readers of a Deferred get; decodes once a job. */
export class OutcomeReader {
  readonly #queue: TaskQueue
  readonly #codec: Codec
  readonly #logger: Logger
  readonly #reading = new Set<string>()

  constructor(queue: TaskQueue, codec: Codec, logger: Logger) {
    this.#queue = queue
    this.#codec = codec
    this.#logger = logger
  }

  /** Call back with what settles the entries of the job: at once, or when a large result has been read. */
  read(outcome: JobOutcome, done: (settle: Settle) => void): void {
    if (outcome.state !== 'success') return done(this.#withoutValue(outcome))
    if ('value' in outcome) return done(this.#withValue(outcome.value))
    if (this.#reading.has(outcome.id)) return
    this.#reading.add(outcome.id)
    void this.#readLarge(outcome, done).finally(() => this.#reading.delete(outcome.id))
  }

  #withValue(payload: Payload): Settle {
    try {
      const value = decodeValue(this.#codec, payload)
      return (entry) => entry.settle('value', value, 'success')
    } catch (error) {
      return (entry) => entry.settle('failure', error, 'success')
    }
  }

  #withoutValue(outcome: Exclude<JobOutcome, { readonly state: 'success' }>): Settle {
    if (!('failure' in outcome)) return outcome.state === 'gone' ? settleGone : settleIgnored
    const failure = decodeFailure(this.#codec, outcome.failure)
    return (entry) => entry.settle('failure', failure, outcome.state)
  }

  async #readLarge(
    outcome: Extract<JobOutcome, { readonly large: unknown }>,
    done: (settle: Settle) => void,
  ): Promise<void> {
    try {
      const payload = await readLargeValue(this.#queue, outcome.large)
      done(payload === undefined ? settleGone : this.#withValue(payload))
    } catch (error) {
      // Whoever waits asks again every 15 s, and so learns of it once the backend is back.
      if (!isAway(error)) done((entry) => entry.settle('failure', error, 'success'))
      else this.#logger.debug(`the result of job ${outcome.id} is read again later`, error)
    }
  }
}

function settleGone(entry: JobEntry): void {
  if (entry.phase === 'unknown') return entry.refuse(entry.held)
  if (entry.ignoresResult) return settleIgnored(entry)
  const { id, name, queue } = entry
  entry.settle('failure', new TaskExpired({ task: name, queue, id, text: EXPIRED_TEXT, kind: 'expired' }), undefined)
}

function settleIgnored(entry: JobEntry): void {
  entry.settle('failure', new ResultIgnored(entry.id), 'success')
}
