import type { JobRef } from './deferred.ts'
import type { ParsedOptions } from './parsed-options.ts'

/** Where the calls made through a queue go. */
export interface CallTarget {
  /** What two queues have in common if they are of one broker. */
  readonly owner: object
  /**
   * Enqueue a job of a task, whose name is legal. `options` is the same frozen object for all calls made through one
   * handle, `NO_OPTIONS` if none were given; `args` belongs to the callee.
   */
  call(task: string, args: readonly unknown[], options: ParsedOptions): JobRef
  /** Name of the queue, such as `default`. */
  describe(): string
}
