import { Socket } from 'node:net'
import pg, { type ClientConfig } from 'pg'

/** Every connection of ours that does not say so itself. */
const APPLICATION_NAME = 'taskspace'

/** After this long without a byte the system asks whether the other end is still there. */
const KEEP_ALIVE_MS = 5_000

/** A connection that can be given up at once, whatever is under way on it, and sends queries without waiting for answers. */
export class StoreClient extends pg.Client {
  readonly #socket: Socket

  constructor(config: ClientConfig) {
    const socket = new Socket()
    super({
      fallback_application_name: APPLICATION_NAME,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      ...config,
      // Lets BEGIN, a call and COMMIT travel together.
      pipeline: true,
      stream: () => socket,
    })
    this.#socket = socket
    // What fails is told to whoever waits for an answer; with nobody waiting, the next call finds the connection gone.
    this.on('error', () => undefined)
  }

  /** Drop the connection without a word. What is under way fails. */
  destroy(): void {
    this.#socket.destroy()
  }
}
