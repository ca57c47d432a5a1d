/** One way to run no-op jobs: a queue with its worker, in this process. */
export interface Contender {
  readonly name: string
  /** Start with this many jobs at a time; 0 starts no worker. */
  start(concurrency: number): Promise<Running>
}

/** A queue that runs. A job returns its number. */
export interface Running {
  /** Enqueue one job and wait for its result. */
  call(number: number): Promise<number>
  /** Enqueue jobs 0 … count-1 and wait until they are stored; what they give is not looked at. Absent where there is no such step. */
  enqueue?(count: number): Promise<unknown>
  /** Run what was enqueued before with this many jobs at a time; resolves when all have run. */
  drain?(concurrency: number): Promise<void>
  /** Jobs `width` wide, and one that adds their results up; returns the sum. */
  fanIn?(width: number): Promise<number>
  /** How often the task was run. */
  runs(): number
  stop(): Promise<void>
}
