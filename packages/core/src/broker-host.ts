import type { Clock } from './backend/clock.ts'
import type { HeldJob } from './backend/session.ts'
import type { TaskQueue } from './backend/task-queue.ts'
import type { Codec } from './codec/codec.ts'
import type { Logger } from './logger.ts'
import type { CallOptions } from './queue/call-options.ts'
import type { AnyQueue } from './queue/queue.ts'
import type { TaskRegistry } from './tasks/task-registry.ts'

/** Where a broker keeps what its pools need; not part of what applications call. */
export const HOST: unique symbol = Symbol.for('taskspace/broker-host')

/** What a pool needs from its broker. */
export interface BrokerHost {
  readonly queue: TaskQueue
  readonly clock: Clock
  readonly codec: Codec
  readonly tasks: TaskRegistry
  readonly logger: Logger
  /** Largest payload, the arguments or the result of one job, in bytes. */
  readonly maxPayloadBytes: number
  /** Resolves when the backend is open; starts opening it. */
  opened(): Promise<void>
  /** Calls made from inside the job of this claim. */
  scope(job: HeldJob): JobScope
  /** Something is due at this time of the backend's clock, as a pool's subscription told: for the broker's sweeper. */
  due(at: number): void
  /** The broker stops the pool before it closes. Returns what to call when the pool has stopped. @throws Closed */
  attach(pool: { stop(): Promise<unknown> }): () => void
}

/** The calls of one job: each carries its claim, so that those of a lost lease are refused. */
export interface JobScope {
  queue(name?: string, defaults?: CallOptions): AnyQueue
  /**
   * Whether it made calls that are not answered yet; if so `flushed` resolves when all are stored, and rejects with the
   * first that failed.
   */
  readonly pending: boolean
  flushed(): Promise<void>
}
