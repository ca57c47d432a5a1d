import { AsyncPool, type AsyncPoolOptions } from '../../../src/async-pool.ts'
import type { Clock } from '../../../src/backend/clock.ts'
import type { TaskQueue } from '../../../src/backend/task-queue.ts'
import { type BrokerHost, HOST } from '../../../src/broker-host.ts'
import type { Logger } from '../../../src/logger.ts'
import { TaskRegistry } from '../../../src/tasks/task-registry.ts'
import { TaskSpace } from '../../../src/tasks/task-space.ts'
import { codec } from './recorded-run.ts'

/** What a pool of a test runs on. */
export interface PoolWorld {
  readonly queue: TaskQueue
  readonly clock: Clock
  readonly logger: Logger
  readonly tasks: ConstructorParameters<typeof TaskSpace>[1] & object
}

/** An `AsyncPool` without a broker. */
export function poolOf({ queue, clock, logger, tasks }: PoolWorld, options: AsyncPoolOptions = {}): AsyncPool {
  const registry = new TaskRegistry()
  registry.expose(new TaskSpace('', tasks))
  const host: BrokerHost = {
    ...{ queue, clock, logger, codec, tasks: registry, maxPayloadBytes: 1_000_000 },
    opened: () => Promise.resolve(),
    scope: () => {
      throw new Error('this test makes no calls')
    },
    due: () => undefined,
    attach: () => () => undefined,
  }
  return new AsyncPool({ [HOST]: host }, options)
}
