/** One way to keep no-op jobs in a Postgres database, with its worker in this process. */
export interface StoreContender {
  readonly name: string
  /** Set the database up and connect to it. A job is given a number. */
  start(url: string): Promise<StoreRunning>
}

/** A queue in a database. */
export interface StoreRunning {
  /** Store jobs with these numbers, as many at a time as there is a way to. */
  bulk(numbers: readonly number[]): Promise<unknown>
  /** Store one job; resolves when it is stored. */
  add(number: number): Promise<unknown>
  /** Run what is stored, with up to 100 jobs at a time or a batch; resolves when `count` have run and that is stored. */
  drain(count: number): Promise<void>
  stop(): Promise<void>
}
