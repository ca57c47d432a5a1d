import type { SessionListener, Subscription } from '../../backend/session.ts'
import type { TaskQueue } from '../../backend/task-queue.ts'
import type { TransactionStatements } from '../../backend/transaction.ts'
import { isAway } from '../../client/away.ts'
import { Closed } from '../../errors/backend-errors.ts'
import { InvalidArgument } from '../../errors/usage-errors.ts'
import type { Logger } from '../../logger.ts'
import type { Ask, HeardMessage, QueueMethod, SentError, ToWorker, TransactionMethod } from './messages.ts'
import { receivedError, sentError } from './sent-error.ts'

/** What a worker may call on the queue. What it sends is not trusted further than that. */
const METHODS: ReadonlySet<string> = new Set<QueueMethod>([
  ...(['begin', 'end', 'renew', 'resume', 'enqueue', 'claim', 'settle', 'sightings', 'append', 'control'] as const),
  ...(['read', 'readValue', 'journal', 'counts', 'sweep', 'now', 'shiftClock'] as const),
])

const IN_TRANSACTIONS: ReadonlySet<string> = new Set<TransactionMethod>(['enqueue', 'enqueued', 'complete'])

/** What serving a worker takes. */
export interface HostRelayOptions {
  readonly queue: TaskQueue
  readonly logger: Logger
  /** Answers what concerns the worker's jobs. @throws what the worker gets as its error. */
  readonly jobs: (ask: Extract<Ask, { readonly seq: number }>) => unknown
  readonly post: (message: ToWorker) => void
}

/** Does for one worker what its code asks of the queue, and cleans up after it. */
export class HostRelay {
  readonly #options: HostRelayOptions
  readonly #sessions = new Set<string>()
  readonly #subscriptions = new Map<number, Subscription>()
  readonly #waiting = new Map<number, AbortController>()
  #closed = false

  constructor(options: HostRelayOptions) {
    this.#options = options
  }

  /** Answer a question. Never rejects. */
  async answer(ask: number, what: Ask): Promise<void> {
    const { post } = this.#options
    try {
      const value = await this.#perform(ask, what)
      post({ kind: 'answer', ask, value })
    } catch (error) {
      post({ kind: 'refusal', ask, error: sentError(error) })
    } finally {
      this.#waiting.delete(ask)
    }
  }

  /** The worker does not want the answer any more. */
  breakOff(ask: number): void {
    this.#waiting.get(ask)?.abort()
  }

  /** The worker waits for these outcomes no more, or follows these jobs no more. */
  forget(kind: 'unwatch' | 'unfollow', subscription: number, ids: readonly string[]): void {
    this.#subscriptions.get(subscription)?.[kind](ids)
  }

  /** The worker has ended: leave nothing of it. */
  async close(): Promise<void> {
    this.#closed = true
    const { queue, logger } = this.#options
    for (const controller of this.#waiting.values()) controller.abort()
    const closing = [...this.#subscriptions.values()].map((subscription) => subscription.close())
    const ending = [...this.#sessions].map((session) => queue.end(session))
    for (const result of await Promise.allSettled([...closing, ...ending])) {
      if (result.status === 'rejected' && !isAway(result.reason)) logger.error('cleaning up a worker', result.reason)
    }
  }

  #perform(ask: number, what: Ask): unknown {
    switch (what.kind) {
      case 'queue':
        return this.#call(ask, what.method, what.args)
      case 'listen':
        return this.#listen(what.session, what.subscription)
      case 'watch':
      case 'follow':
        return this.#subscriptions.get(what.subscription)?.[what.kind](what.ids)
      case 'unlisten':
        return this.#unlisten(what.subscription)
      case 'transaction':
        return this.#inTransaction(what.method, what.args)
      case 'transaction-failure':
        return this.#meaningOf(what.error)
      default:
        return this.#options.jobs(what)
    }
  }

  #call(ask: number, method: QueueMethod, args: readonly unknown[]): unknown {
    if (!METHODS.has(method)) throw new InvalidArgument('method', `no operation '${String(method)}' of a queue`)
    const queue = this.#options.queue as unknown as Record<QueueMethod, (...args: readonly unknown[]) => unknown>
    if (method === 'begin') this.#sessions.add((args[0] as { readonly id: string }).id)
    if (method === 'end') this.#sessions.delete(args[0] as string)
    if (method !== 'claim') return queue[method](...args)
    const controller = new AbortController()
    this.#waiting.set(ask, controller)
    return queue.claim(args[0], args[1], args[2], controller.signal)
  }

  #inTransaction(method: TransactionMethod, args: readonly unknown[]): unknown {
    if (!IN_TRANSACTIONS.has(method)) throw new InvalidArgument('method', `no statements for '${String(method)}'`)
    const statements = this.#transactions() as unknown as Record<
      TransactionMethod,
      (...args: readonly unknown[]) => unknown
    >
    return statements[method](...args)
  }

  async #meaningOf(error: SentError): Promise<SentError | undefined> {
    const received = receivedError(error)
    const meant = await this.#transactions().failure(received)
    return meant === received ? undefined : sentError(meant)
  }

  #transactions(): TransactionStatements {
    const { transactions, url } = this.#options.queue
    if (transactions === undefined) throw new InvalidArgument('tx', `the store ${url} has no transactions`)
    return transactions
  }

  async #listen(session: string, subscription: number): Promise<void> {
    const opened = await this.#options.queue.listen(session, this.#listener(subscription))
    if (this.#closed) {
      await opened.close()
      throw new Closed('the worker has ended')
    }
    this.#subscriptions.set(subscription, opened)
  }

  async #unlisten(subscription: number): Promise<void> {
    const opened = this.#subscriptions.get(subscription)
    this.#subscriptions.delete(subscription)
    await opened?.close()
  }

  #listener(subscription: number): SessionListener {
    const tell = (message: HeardMessage): void => {
      if (!this.#closed) this.#options.post(message)
    }
    return {
      outcomes: (outcomes) => tell({ kind: 'heard', subscription, event: 'outcomes', args: [outcomes] }),
      notice: () => tell({ kind: 'heard', subscription, event: 'notice', args: [] }),
      due: (at) => tell({ kind: 'heard', subscription, event: 'due', args: [at] }),
      news: (ids) => tell({ kind: 'heard', subscription, event: 'news', args: [ids] }),
      interrupted: () => tell({ kind: 'heard', subscription, event: 'interrupted', args: [] }),
    }
  }
}
