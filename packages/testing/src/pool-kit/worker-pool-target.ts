import type { Broker, PoolOptions, WorkerPool } from '@taskspace/core'
import type { TaskQueue } from '@taskspace/core/backend'

/** Options that the kit gives to the pools that it makes. */
export interface KitPoolOptions extends PoolOptions {
  /** How many jobs may run at once. */
  readonly slots: number
  /** File URL of a module with the same tasks, for pools whose jobs run elsewhere. */
  readonly module: URL
}

/** How the kit gets at the kind of pool that it checks. */
export interface WorkerPoolTarget {
  /**
   * Make a pool that has the tasks of `kitTasks`, which the broker has exposed, and give it these options; all but `slots`
   * and `module`, which say what a kind of pool has its own options for. The kit starts and stops it.
   */
  create(broker: Broker, options: KitPoolOptions): WorkerPool
  /**
   * Make another object on the store of a namespace, for jobs to be there; not open yet. The kit opens and closes it.
   * Absent: in memory, on a virtual clock, which is faster.
   */
  store?(namespace: string): TaskQueue
  /** How long the kit waits, in ms, for something that has to happen by itself, before it says that it did not. Default: 15 s. */
  readonly patienceMs?: number
}
