import type { BackendOptions, TaskQueue } from '@taskspace/core/backend'
import { InvalidArgument } from '@taskspace/core/backend'
import { RedisTaskQueue } from './redis-task-queue.ts'

/**
 * The Redis queue of a URL: `redis://user:password@host:port/database`, or `rediss:` for TLS.
 *
 * @throws InvalidBrokerUrl; InvalidArgument for a `clock`: time is the server's.
 */
export function createTaskQueue(url: string, { namespace, clock }: BackendOptions): TaskQueue {
  if (clock !== undefined) throw new InvalidArgument('clock', "invalid clock: on Redis, time is the server's")
  return new RedisTaskQueue({ url, namespace })
}
