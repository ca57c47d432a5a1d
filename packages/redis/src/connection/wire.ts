import { afterSending, isExplained, rejected, unanswered } from './connection-errors.ts'
import { type Deadline, Deadlines } from './deadlines.ts'
import type { RedisClient } from './redis-client.ts'
import { SilenceWatch } from './silence-watch.ts'

/** What a wire needs. */
export interface WireOptions {
  /** For messages. */
  readonly server: string
  /** Whether the server answers somebody else, now. */
  readonly isServerAlive: () => Promise<boolean>
  /** Nothing can be sent any more: it was lost, or given up. Told once. */
  readonly onEnd: (wire: Wire) => void
}

/** One open connection, for as long as it lasts. */
export class Wire {
  readonly #client: RedisClient
  readonly #options: WireOptions
  readonly #watch: SilenceWatch
  readonly #deadlines = new Deadlines()
  #owed = 0
  #isRetired = false
  #isOver = false

  /** @param client one that is connected */
  constructor(client: RedisClient, options: WireOptions) {
    this.#client = client
    this.#options = options
    this.#watch = new SilenceWatch({
      counts: () => client.stream,
      owed: () => this.#owed,
      isServerAlive: options.isServerAlive,
      onDead: () => this.destroy(),
    })
    client.on('end', () => this.#end())
  }

  /** Whether commands can be sent. A client takes itself for ready for a moment after its socket was lost. */
  get isUsable(): boolean {
    return !this.#isOver && this.#client.status === 'ready' && this.#client.stream.writable
  }

  /**
   * Send one command, or several in a row, and wait for the answer.
   *
   * @throws BackendUnavailable `rejected` if it was not sent, `unknown` if no answer came within `deadlineMs`: then the
   * connection is given up, for a socket that is dead says nothing. What the server answers.
   */
  async send<T>(send: (client: RedisClient) => Promise<T>, deadlineMs: number): Promise<T> {
    if (!this.isUsable) throw rejected(this.#options.server, 'is away')
    this.#owed += 1
    this.#watch.start()
    try {
      return await this.#answered(send(this.#client), deadlineMs)
    } catch (error) {
      throw isExplained(error) ? error : explained(this.#options.server, error)
    } finally {
      this.#owed -= 1
      if (this.#isRetired && this.#owed === 0) this.#client.disconnect()
    }
  }

  #answered<T>(sent: Promise<T>, deadlineMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.destroy()
        reject(unanswered(this.#options.server, `did not answer within ${Math.round(deadlineMs)} ms`))
      }
      const deadline: Deadline = this.#deadlines.add(deadlineMs, late)
      sent.then(
        (answer) => {
          this.#deadlines.met(deadline)
          resolve(answer)
        },
        (error: unknown) => {
          this.#deadlines.met(deadline)
          reject(error)
        },
      )
    })
  }

  /** Let what is under way finish, and disconnect then. */
  retire(): void {
    this.#isRetired = true
    if (this.#owed === 0) this.#client.disconnect()
  }

  /** Cut it off, with all that is under way. */
  destroy(): void {
    this.#client.stream.destroy()
    this.#end()
  }

  /** Disconnect as one should; what is under way gets no answer. */
  close(): void {
    this.#client.disconnect()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#watch.stop()
    this.#deadlines.close()
    this.#options.onEnd(this)
  }
}

function explained(server: string, error: unknown): unknown {
  const notSent = error instanceof Error && error.message.startsWith("Stream isn't writeable")
  return notSent ? rejected(server, 'is away', error) : afterSending(server, error)
}
