import type { Clock } from './backend/clock.ts'
import type { HeldJob } from './backend/session.ts'
import type { TaskQueue } from './backend/task-queue.ts'
import type { CallSource } from './broker-calls.ts'
import type { BrokerHost, JobScope } from './broker-host.ts'
import { type ProxyOptions, queueOf } from './broker-queue-proxy.ts'
import { BrokerScope } from './broker-scope.ts'
import type { Client } from './client/client.ts'
import type { Codec } from './codec/codec.ts'
import { Closed } from './errors/backend-errors.ts'
import type { Logger } from './logger.ts'
import type { AnyQueue } from './queue/queue.ts'
import type { TaskRegistry } from './tasks/task-registry.ts'

/** What a pool may stop. */
type Pool = Parameters<BrokerHost['attach']>[0]

/** A broker as its pools see it. */
export class BrokerHosting implements BrokerHost {
  readonly tasks: TaskRegistry
  readonly logger: Logger
  readonly #client: Client
  readonly #source: CallSource
  readonly #pools = new Set<Pool>()
  #isStopping = false

  constructor(source: CallSource, logger: Logger) {
    this.tasks = source.tasks
    this.logger = logger
    this.#client = source.client
    this.#source = source
  }

  get queue(): TaskQueue {
    return this.#client.queue
  }

  get maxPayloadBytes(): number {
    return this.#source.maxPayloadBytes
  }

  get clock(): Clock {
    return this.#client.clock
  }

  get codec(): Codec {
    return this.#client.codec
  }

  opened(): Promise<void> {
    return this.#client.opened()
  }

  scope(job: HeldJob): JobScope {
    return new BrokerScope(this.#source, job)
  }

  /** A queue for whoever keeps the broker to itself. */
  ownedQueue(name: string, options: ProxyOptions): AnyQueue {
    // biome-ignore lint/suspicious/noExplicitAny: gives AnyQueue
    return queueOf<any>(this.#source, name, options)
  }

  due(at: number): void {
    this.#client.due(at)
  }

  attach(pool: Pool): () => void {
    if (this.#isStopping) throw new Closed('the broker is closed')
    this.#pools.add(pool)
    return () => this.#pools.delete(pool)
  }

  /** Stop all pools, and take no more; resolves with what went wrong, when all have stopped. */
  async stopPools(): Promise<readonly unknown[]> {
    this.#isStopping = true
    const stopped = await Promise.allSettled([...this.#pools].map((pool) => pool.stop()))
    return stopped.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  }
}
