import { type BackendOptions, InvalidArgument, type TaskQueue } from '@taskspace/core/backend'
import { PostgresTaskQueue } from './postgres-task-queue.ts'

/**
 * The queue of a `postgres:`, `postgresql:` or `pglite:` URL, not open yet.
 *
 * @throws InvalidBrokerUrl, InvalidArgument, also for a `clock`: time is the server's.
 */
export function createTaskQueue(url: string, { namespace, clock }: BackendOptions): TaskQueue {
  if (clock !== undefined) throw new InvalidArgument('clock', 'invalid clock: with Postgres time is that of the server')
  return new PostgresTaskQueue({ url, namespace })
}
