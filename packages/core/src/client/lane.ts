import type { Call } from '../backend/call.ts'
import { BackendUnavailable, Closed, type SessionEnded } from '../errors/backend-errors.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'
import { pause, reconnectDelayMs } from './pause.ts'
import type { Session } from './session.ts'

/** How long to go on trying. */
export interface SendOptions {
  /** From now, in ms; absent: until it is answered, or the session is closed. */
  readonly deadlineMs?: number
  /** The caller gives up. */
  readonly signal?: AbortSignal
}

/** Make a call under its number. */
export type Perform<T> = (call: Call) => Promise<T>

interface Attempt<T> {
  readonly perform: Perform<T>
  readonly giveUpAt: number
  readonly signal: AbortSignal | undefined
}

/**
 * One line of numbered calls. Calls are sent one at a time, in the order they were asked for; one whose answer was not
 * seen is sent again under the same number, so that it is applied once.
 */
export class Lane {
  readonly #session: Session
  readonly #index: number
  #id = ''
  #epoch = 0
  #number = 0
  #tail: Promise<unknown> | undefined

  constructor(session: Session, index: number) {
    this.#session = session
    this.#index = index
  }

  /**
   * Send one call and wait for its answer.
   *
   * @throws BackendUnavailable when given up, with `outcome: 'rejected'` if no copy of it can have been applied, else
   * `'unknown'`: the session reconciles before its next call. SessionEnded; Closed; what the backend refuses.
   */
  send<T>(perform: Perform<T>, options: SendOptions = {}): Promise<T> {
    const { deadlineMs, signal } = options
    const giveUpAt = deadlineMs === undefined ? Number.POSITIVE_INFINITY : this.#session.clock.now() + deadlineMs
    const attempt = { perform, giveUpAt, signal }
    const before = this.#tail
    const sent = before === undefined ? this.#send(attempt) : before.then(() => this.#send(attempt))
    this.#queueBehind(sent)
    return sent
  }

  #queueBehind(sent: Promise<unknown>): void {
    const done = (): void => {
      if (this.#tail === tail) this.#tail = undefined
    }
    const tail: Promise<void> = sent.then(done, done)
    this.#tail = tail
  }

  async #send<T>(attempt: Attempt<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      await this.#enter(attempt)
      try {
        const answer = await this.#resend(attempt)
        this.#session.leave()
        return answer
      } catch (error) {
        this.#session.leave()
        if (isEnded(error)) await this.#session.restart(error.session)
        if (error instanceof OutOfTurn) {
          await error.turn
          continue
        }
        if (!(error instanceof SentToStranger)) throw error
        await this.#restartFor(attempt, tries, error)
      }
    }
  }

  /** Nothing was applied: go on under a new session, as long as the caller allows. */
  async #restartFor(attempt: Attempt<unknown>, tries: number, stranger: SentToStranger): Promise<void> {
    await this.#session.restart(stranger.session)
    if (tries > 1) await this.#pauseOrGiveUp(attempt, tries, 'rejected', stranger)
  }

  /** Wait until the session may send: open, and not in doubt. Nothing was sent yet, so giving up here is `rejected`. */
  async #enter(attempt: Attempt<unknown>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const entering = this.#session.enter()
        if (entering !== undefined) await entering
        return
      } catch (error) {
        if (!isTaskspaceError(error, 'BACKEND_UNAVAILABLE')) throw error
        await this.#pauseOrGiveUp(attempt, tries, 'rejected', error)
      }
    }
  }

  async #resend<T>(attempt: Attempt<T>): Promise<T> {
    const call = this.#nextCall()
    let maybeApplied = false
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt.perform(call)
      } catch (error) {
        if (isTaskspaceError(error, 'SESSION_UNKNOWN')) throw this.#unknownSession(call, maybeApplied, error)
        if (!isUnavailable(error)) throw error
        maybeApplied ||= error.outcome === 'unknown'
        await this.#pauseOrGiveUp(attempt, tries, maybeApplied ? 'unknown' : 'rejected', error)
      }
    }
  }

  #nextCall(): Call {
    const { id, epoch } = this.#session
    if (id !== this.#id || epoch !== this.#epoch) this.#number = 0
    this.#id = id
    this.#epoch = epoch
    this.#number += 1
    return { session: id, epoch, lane: this.#index, number: this.#number }
  }

  #unknownSession(call: Call, maybeApplied: boolean, cause: unknown): Error {
    if (!maybeApplied) return new SentToStranger(call.session)
    const text = 'the backend has forgotten this session, and with it whether the last call was applied'
    return new BackendUnavailable(text, 'unknown', { cause })
  }

  async #pauseOrGiveUp(
    attempt: Attempt<unknown>,
    tries: number,
    outcome: 'rejected' | 'unknown',
    cause: Error,
  ): Promise<void> {
    const session = this.#session
    const leftMs = attempt.giveUpAt - session.clock.now()
    const ended = session.closing.aborted || attempt.signal?.aborted === true
    if (!ended && leftMs > 0) {
      const either = attempt.signal ? AbortSignal.any([session.closing, attempt.signal]) : session.closing
      return pause(session.clock, Math.min(leftMs, reconnectDelayMs(tries)), either)
    }
    if (outcome === 'unknown') session.doubt()
    if (session.closing.aborted) throw new Closed('closed while the backend was away', { cause })
    throw new BackendUnavailable(`the backend did not answer (${cause.message})`, outcome, { cause })
  }
}

/** For what performs a call: no copy of it was applied, and it is to be made anew once `turn` resolves. */
export class OutOfTurn extends Error {
  readonly turn: Promise<void>

  constructor(turn: Promise<void>, options?: ErrorOptions) {
    super('another call goes first', options)
    this.turn = turn
  }
}

/** The call was answered `SessionUnknown` at its first copy: nothing was applied, a new session can send it. */
class SentToStranger extends Error {
  readonly session: string

  constructor(session: string) {
    super('session unknown')
    this.session = session
  }
}

function isUnavailable(error: unknown): error is BackendUnavailable {
  return isTaskspaceError(error, 'BACKEND_UNAVAILABLE')
}

function isEnded(error: unknown): error is SessionEnded {
  return isTaskspaceError(error, 'SESSION_ENDED')
}
