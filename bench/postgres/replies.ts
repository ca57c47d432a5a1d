import pg from 'pg'

/** Answers to calls by their number, told by NOTIFY: for queues that keep no results. */
export class Replies {
  readonly #client: pg.Client
  readonly #waiting = new Map<number, (number: number) => void>()
  #listening: Promise<unknown> | undefined

  constructor(connectionString: string) {
    this.#client = new pg.Client({ connectionString })
  }

  /** Do something, and wait for the answer to this number. */
  async of(number: number, ask: () => Promise<unknown>): Promise<number> {
    this.#listening ??= this.#listen()
    await this.#listening
    const answered = new Promise<number>((resolve) => {
      this.#waiting.set(number, resolve)
    })
    await ask()
    return answered
  }

  async close(): Promise<void> {
    if (this.#listening !== undefined) await this.#client.end()
  }

  async #listen(): Promise<void> {
    this.#client.on('notification', ({ payload = '' }) => {
      const number = Number(payload)
      this.#waiting.get(number)?.(number)
      this.#waiting.delete(number)
    })
    await this.#client.connect()
    await this.#client.query('LISTEN bench_replies')
  }
}

/** The statement that answers the call of a number. */
export const ANSWER = "SELECT pg_notify('bench_replies', $1)"
