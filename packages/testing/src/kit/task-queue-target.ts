import type { TaskQueue } from '@taskspace/core/backend'

/** How the kit gets at the backend that it checks. */
export interface TaskQueueTarget {
  /**
   * Give a fresh, open queue in a namespace of its own, on a clock that runs. The kit closes it; several may be open
   * at once.
   */
  create(): Promise<TaskQueue>
  /** Open a second object on the same store and namespace, as another process would. Absent: those cases are left out. */
  reopen?(queue: TaskQueue): Promise<TaskQueue>
  /** Whether its queues pipeline, see `TaskQueue.pipelines`. Default: no, and what is about that is left out. */
  readonly pipelines?: boolean
  /** How long the kit waits, in ms, for something that has to happen by itself, before it says that it did not. Default: 15 s. */
  readonly patienceMs?: number
}

/** Longer than the longest time for which a backend may sleep without looking, which is 5 s. */
export const DEFAULT_PATIENCE_MS = 15_000
