import type { Clock } from './clock.ts'
import type { TaskQueue } from './task-queue.ts'

/** What a backend package exports, so that a URL can open it. */
export interface BackendModule {
  /** A queue that is not open yet. @throws InvalidBrokerUrl, InvalidArgument for an option it cannot keep. */
  createTaskQueue(url: string, options: BackendOptions): TaskQueue
}

/** Options that every backend takes. */
export interface BackendOptions {
  readonly namespace: string
  /** Where time comes from; only the memory backend takes one, the others use their server's. */
  readonly clock?: Clock
}
