import { systemClock } from './backend/clock.ts'
import { CONTRACT_VERSION } from './backend/limits.ts'
import type { TaskQueue } from './backend/task-queue.ts'
import type { CallSource } from './broker-calls.ts'
import { HOST } from './broker-host.ts'
import { BrokerHosting } from './broker-hosting.ts'
import { BrokerJobs } from './broker-jobs.ts'
import { type BrokerOptions, parseBrokerOptions } from './broker-options.ts'
import { queueOf } from './broker-queue-proxy.ts'
import { BrokerQueues } from './broker-queues.ts'
import { Client } from './client/client.ts'
import { DeferredJob } from './deferred/deferred-job.ts'
import type { DeferredOf } from './deferred/deferred-of.ts'
import { Closed, VersionMismatch } from './errors/backend-errors.ts'
import type { CallOptions } from './queue/call-options.ts'
import { checkLabel, invalidOption } from './queue/option-values.ts'
import type { Queue } from './queue/queue.ts'
import { type ExposeOptions, TaskRegistry } from './tasks/task-registry.ts'

/** A client of one backend and namespace: exposes tasks to its pools, gives queues to call them through, and looks after jobs. */
export class Broker {
  /** The jobs of the namespace. */
  readonly jobs: BrokerJobs
  /** The queues of the namespace; `queue()` gives those to make calls through. */
  readonly queues: BrokerQueues
  readonly #client: Client
  readonly #tasks = new TaskRegistry()
  readonly #hosting: BrokerHosting
  readonly #source: CallSource
  #state: 'open' | 'stopping' | 'closed' = 'open'
  #closing: Promise<void> | undefined

  /**
   * A broker on a queue of its own: it opens the queue at the first need, and closes it. `getBroker(url)` makes both.
   *
   * @throws InvalidArgument naming the option; VersionMismatch if the backend was built against another contract.
   */
  constructor(taskQueue: TaskQueue, options: BrokerOptions = {}) {
    const { codec, logger, clock, maxPayloadBytes, onEnqueueError, enqueueTimeoutMs } = parseBrokerOptions(options)
    checkQueue(taskQueue)
    this.#client = new Client({
      queue: taskQueue,
      codec,
      clock: clock ?? systemClock,
      spread: clock === undefined,
      logger,
      onEnqueueError,
      timeoutMs: enqueueTimeoutMs,
    })
    const shared = { client: this.#client, tasks: this.#tasks, maxPayloadBytes }
    this.#source = { ...shared, checkOpen: () => this.#checkOpen() }
    this.#hosting = new BrokerHosting({ ...shared, checkOpen: () => this.#checkNotClosed() }, logger)
    this.jobs = new BrokerJobs(this.#client)
    this.queues = new BrokerQueues(this.#client)
  }

  /** Where the store is, without credentials. */
  get url(): string {
    return this.#client.url
  }

  /** Everything of one namespace is apart from everything of another. */
  get namespace(): string {
    return this.#client.namespace
  }

  /** How many tasks are exposed. */
  get size(): number {
    return this.#tasks.size
  }

  get [HOST](): BrokerHosting {
    return this.#hosting
  }

  /**
   * Expose tasks, so that pools of this broker run them and calls made through it know their options: a `TaskSpace`, an
   * array or module of them, or a function (also a bound method) under its own name. All or nothing.
   *
   * @throws TaskConflict for a name that is exposed already, unless `replace` (WQ-05); InvalidName; InvalidArgument.
   */
  expose(what: object, options: ExposeOptions = {}): this {
    this.#checkOpen()
    this.#tasks.expose(what, options)
    return this
  }

  /**
   * A queue to call tasks through: `broker.queue<typeof math>().math.add(1, 2)`. No I/O. `defaults` are the options of
   * every call made through it.
   *
   * @throws InvalidArgument for what is no name, and naming the option; Closed.
   */
  // biome-ignore lint/suspicious/noExplicitAny: without a type argument anything goes
  queue<S = any>(name = 'default', defaults?: CallOptions): Queue<S> {
    this.#checkOpen()
    return queueOf<S>(this.#source, name, { defaults })
  }

  /**
   * A handle on a job by its id, such as one enqueued by another process: `broker.deferred<number>(id)` or
   * `broker.deferred<typeof add>(id)`. No I/O: whether the job exists is known by `status()`. Its `name` and `queue` are
   * empty. As an argument it is refused with `NoSuchJob` unless the job is stored.
   *
   * @throws InvalidArgument for what is no id; Closed.
   */
  deferred<T = unknown>(id: string): DeferredOf<T> {
    this.#checkOpen()
    checkLabel('id', id)
    return new DeferredJob(this.#client, { id, name: '', queue: '' }, 'stored') as unknown as DeferredOf<T>
  }

  /** Resolves when the backend has answered. @throws BackendUnavailable, Closed (WQ-56) */
  async ping(): Promise<void> {
    await this.#client.connected(() => this.#client.queue.now())
  }

  /**
   * Stop the pools, send what is on its way, let those who still wait know (`Closed`), and disconnect. Calls made from
   * now on throw `Closed`. Idempotent. Rejects if a pool or the backend did not stop well.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #checkOpen(): void {
    if (this.#state !== 'open') throw new Closed('the broker is closed')
  }

  // While the pools stop, the jobs that still run may make calls.
  #checkNotClosed(): void {
    if (this.#state === 'closed') throw new Closed('the broker is closed')
  }

  async #close(): Promise<void> {
    this.#state = 'stopping'
    const failures = [...(await this.#hosting.stopPools())]
    this.#state = 'closed'
    await this.#client.close().catch((error) => failures.push(error))
    if (failures.length === 1) throw failures[0]
    if (failures.length > 1) throw new AggregateError(failures, 'the broker did not close well')
  }
}

function checkQueue(queue: TaskQueue): void {
  if (typeof queue !== 'object' || queue === null || typeof queue.enqueue !== 'function') {
    throw invalidOption('taskQueue', queue, 'is not a TaskQueue; getBroker(url) makes one')
  }
  if (queue.contractVersion === CONTRACT_VERSION) return
  throw new VersionMismatch(
    `the backend of ${queue.url} keeps version ${queue.contractVersion} of the contract, this package version ${CONTRACT_VERSION}: install the same release of both`,
  )
}
