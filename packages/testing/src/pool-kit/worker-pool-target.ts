import type { Broker, PoolOptions, WorkerPool } from '@taskspace/core'

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
  /** How long the kit waits, in ms, for something that has to happen by itself, before it says that it did not. Default: 15 s. */
  readonly patienceMs?: number
}
