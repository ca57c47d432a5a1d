import type { Timer } from '../backend/clock.ts'
import type { EnqueueAnswer } from '../backend/new-job.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { TransactionStatements } from '../backend/transaction.ts'
import { BackendUnavailable } from '../errors/backend-errors.ts'
import { invalidOption } from '../queue/option-values.ts'
import { performIn, type Transaction } from '../transaction.ts'
import type { JobDraft } from './gathering.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'
import type { Session } from './session.ts'

/** What these outboxes need. */
export interface TransactionOutboxesOptions extends Omit<OutboxOptions, 'send' | 'width'> {
  readonly queue: TaskQueue
  readonly session: Session
  /** Do something once the backend is open. */
  readonly connected: <T>(perform: () => Promise<T>) => Promise<T>
}

/** Calls made in transactions of the user's: those of one tick and transaction travel together, one statement at a time. */
export class TransactionOutboxes {
  readonly #options: TransactionOutboxesOptions
  readonly #outboxes = new WeakMap<Transaction, Outbox>()
  readonly #used = new Set<Outbox>()

  constructor(options: TransactionOutboxesOptions) {
    this.#options = options
  }

  /** Where calls made in a transaction go. @throws InvalidArgument if the backend has none. */
  of(tx: Transaction): Outbox {
    const { queue } = this.#options
    if (queue.transactions === undefined) {
      throw invalidOption('tx', tx, `is of no use: the store ${queue.url} has no transactions`)
    }
    const outbox = this.#outboxes.get(tx) ?? this.#newOutbox(tx, queue.transactions)
    this.#outboxes.set(tx, outbox)
    for (const used of this.#used) if (used.isIdle) this.#used.delete(used)
    this.#used.add(outbox)
    return outbox
  }

  /** Resolves when all calls are answered. Never rejects. */
  async flushed(): Promise<void> {
    await Promise.all([...this.#used].map((outbox) => outbox.flushed()))
  }

  #newOutbox(tx: Transaction, statements: TransactionStatements): Outbox {
    const send = (jobs: readonly JobDraft[], deadlineMs: number) => this.#send(tx, statements, jobs, deadlineMs)
    return new Outbox({ ...this.#options, send, width: 1 })
  }

  async #send(
    tx: Transaction,
    statements: TransactionStatements,
    jobs: readonly JobDraft[],
    deadlineMs: number,
  ): Promise<readonly EnqueueAnswer[]> {
    const { session, connected, clock } = this.#options
    let timer: Timer | undefined
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimer(() => reject(tooLate()), deadlineMs)
    })
    try {
      const perform = async () => performIn(tx, await statements.enqueue(session.id, jobs))
      return await statements.enqueued(await Promise.race([connected(perform), late]))
    } catch (error) {
      throw await statements.failure(error)
    } finally {
      timer?.cancel()
    }
  }
}

function tooLate(): BackendUnavailable {
  return new BackendUnavailable('the transaction given as tx did not answer', 'unknown')
}
