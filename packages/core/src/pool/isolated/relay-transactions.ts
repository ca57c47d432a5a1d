import type { EnqueueAnswer, NewJob } from '../../backend/new-job.ts'
import type { Completion, TransactionStatement, TransactionStatements } from '../../backend/transaction.ts'
import type { SentError, TransactionMethod } from './messages.ts'
import { receivedError, sentError } from './sent-error.ts'
import type { ToHost } from './to-host.ts'

/** Statements of the host's store for the transactions of code that runs in a worker, which performs them itself. */
export class RelayTransactions implements TransactionStatements {
  readonly #host: ToHost

  constructor(host: ToHost) {
    this.#host = host
  }

  enqueue(session: string, jobs: readonly NewJob[]): Promise<readonly TransactionStatement[]> {
    return this.#ask('enqueue', [session, jobs])
  }

  enqueued(rows: readonly unknown[]): Promise<readonly EnqueueAnswer[]> {
    return this.#ask('enqueued', [rows])
  }

  complete(completion: Completion): Promise<readonly TransactionStatement[]> {
    return this.#ask('complete', [completion])
  }

  /** Where the host cannot say what an error means, it is what it is. */
  async failure(error: unknown): Promise<unknown> {
    const asked = this.#host.ask({ kind: 'transaction-failure', error: sentError(error) })
    const meant = (await asked.catch(() => undefined)) as SentError | undefined
    return meant === undefined ? error : receivedError(meant)
  }

  #ask<T>(method: TransactionMethod, args: readonly unknown[]): Promise<T> {
    return this.#host.ask({ kind: 'transaction', method, args }) as Promise<T>
  }
}
