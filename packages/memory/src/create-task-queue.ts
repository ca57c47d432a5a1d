import { type BackendOptions, InvalidBrokerUrl, type TaskQueue } from '@taskspace/core/backend'
import { MemoryTaskQueue } from './memory-task-queue.ts'

/** What may follow `memory:`: a name for the store, no more. */
const LEGAL = /^memory:(?:\/\/)?[\w.~%/-]*$/

/**
 * The in-memory queue of a URL: `memory:`, or `memory:NAME` for a store of its own.
 *
 * @throws InvalidBrokerUrl for anything else.
 */
export function createTaskQueue(url: string, options: BackendOptions): TaskQueue {
  if (!LEGAL.test(url)) throw new InvalidBrokerUrl(`invalid broker URL: a memory URL is 'memory:' or 'memory:NAME'`)
  return new MemoryTaskQueue({ url, ...options })
}
