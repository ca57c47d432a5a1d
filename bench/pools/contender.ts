/** One way to have functions run outside of this event loop. */
export interface PoolContender {
  readonly name: string
  start(workers: number): Promise<RunningPool>
}

/** A pool that runs. Both functions are those of `work.ts`. */
export interface RunningPool {
  echo(value: unknown): Promise<unknown>
  compute(steps: number): Promise<number>
  stop(): Promise<unknown>
}
