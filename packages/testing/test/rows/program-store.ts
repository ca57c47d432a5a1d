import { randomUUID } from 'node:crypto'
import { AsyncPool, type AsyncPoolOptions, Broker, type BrokerOptions, type Logger } from '@taskspace/core'
import type { SessionSpec, TaskQueue } from '@taskspace/core/backend'
import { createTaskQueue } from '@taskspace/memory'
import { onTestFinished } from 'vitest'
import { VirtualClock } from '../../src/index.ts'
import { KitSession } from '../../src/kit.ts'

/** Longer than any drain of these tests takes. */
const MORE_THAN_DRAINS_TAKE = '2m'

/** One in-memory store on a clock of its own, and the programs of a test that share it; closed when the test has ended. */
export class ProgramStore {
  readonly clock = new VirtualClock()
  /** What brokers and pools logged, each line with its level in front. */
  readonly log: string[] = []
  readonly #url = `memory:rows-${randomUUID()}`
  readonly #brokers: Broker[] = []

  constructor() {
    onTestFinished(() => this.#close())
  }

  /** Another object on the store, as a program of its own would have. */
  queue(): TaskQueue {
    return createTaskQueue(this.#url, { namespace: 'rows', clock: this.clock })
  }

  /** A program with these tasks: none, where it only calls them. */
  broker(spaces?: object, options: BrokerOptions = {}): Broker {
    const broker = new Broker(this.queue(), { clock: this.clock, logger: this.#logger(), ...options })
    if (spaces !== undefined) broker.expose(spaces)
    this.#brokers.push(broker)
    return broker
  }

  /** A program with these tasks that runs them. */
  async worker(spaces: object, options?: AsyncPoolOptions): Promise<Broker> {
    const broker = this.broker(spaces)
    await new AsyncPool(broker, options).start()
    return broker
  }

  /** A client that speaks the contract itself, and is silent unless the test lets it speak. */
  async session(spec: Partial<SessionSpec> = {}): Promise<KitSession> {
    const queue = this.queue()
    await queue.open()
    return new KitSession(queue, spec).begin()
  }

  async #close(): Promise<void> {
    const closing = Promise.all(this.#brokers.map((broker) => broker.close()))
    // Jobs that do not stop by themselves are given up only as time passes.
    await Promise.all([closing, this.clock.advance(MORE_THAN_DRAINS_TAKE)])
  }

  #logger(): Logger {
    const write = (level: string) => (message: string) => {
      this.log.push(`${level} ${message}`)
    }
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }
}

/** What a promise rejects with; fails the test if it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome) return outcome.error
  throw new Error(`it did not reject, but gave ${String(outcome.value)}`)
}
