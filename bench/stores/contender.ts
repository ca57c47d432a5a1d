/** One way to run no-op jobs through a store: producers in one process, a worker in another. A job returns its number. */
export interface StoreContender {
  readonly name: string
  /** Enqueue and wait, in this process. */
  produce(place: Place): Promise<Producer>
  /** Run jobs, in this process, this many at a time. */
  work(place: Place, concurrency: number, onRun: (number: number) => void): Promise<Worker>
}

/** Where jobs are kept for one run. */
export interface Place {
  readonly url: string
  /** Nobody else uses it. */
  readonly queue: string
}

/** What a client can do; what is absent, the contender has not got. */
export interface Producer {
  /** Enqueue one job; resolves when it is stored. */
  enqueue(number: number): Promise<unknown>
  /** Enqueue jobs `from` … `to - 1` together. */
  enqueueBulk?(from: number, to: number): Promise<unknown>
  /** Enqueue jobs `from` … `to - 1`, to run this long from now. */
  enqueueLater?(from: number, to: number, delayMs: number): Promise<unknown>
  /** Enqueue one job and wait for its result. */
  call?(number: number): Promise<number>
  /** Jobs 0 … width - 1, and one that adds up what they gave; returns the sum. */
  fanIn?(width: number): Promise<number>
  stop(): Promise<void>
}

/** A worker that runs. */
export interface Worker {
  stop(): Promise<void>
}

/** The store of one run, and what it says of itself. */
export interface BenchServer {
  readonly url: string
  /** CPU time of the server so far, in µs. */
  cpuUs(): Promise<number>
  /** Commands, or transactions, so far; those inside scripts too. */
  operations(): Promise<number>
  /** Memory, or disk, that what is stored takes, in bytes. */
  bytes(): Promise<number>
  /** What else it counts, by name, so far. */
  counters?(): Promise<Readonly<Record<string, number>>>
  /** Keep everything as old as it is now in sight, where that is a burden. Returns how to stop that. */
  pin?(): Promise<() => Promise<void>>
  /** Resolves when it has done what much that was stored at once leaves it to do later. */
  settle?(): Promise<void>
  stop(): Promise<void>
}
