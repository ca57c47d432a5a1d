import type { Call } from '../backend/call.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'
import { isUnavailable } from './away.ts'
import { type Lane, OutOfTurn, type Perform, type SendOptions } from './lane.ts'
import type { Session } from './session.ts'

/**
 * Lanes whose calls are applied in the order in which they were asked for, though one is under way on each. A call that is
 * sent before the one before it is answered names that, so that the store applies it afterwards or not at all; what has to
 * be sent again, after a connection has broken, waits until the one before it is answered or given up.
 */
export class OrderedLanes {
  readonly #session: Session
  readonly #lanes: readonly Lane[]
  #last: Flight | undefined
  #sent = 0

  constructor(session: Session, lanes: readonly number[]) {
    this.#session = session
    this.#lanes = lanes.map((index) => session.lane(index))
  }

  /** How many calls may be under way at once. */
  get width(): number {
    return this.#lanes.length
  }

  /** Send one call and wait for its answer. @throws as `Lane.send` does */
  send<T>(perform: Perform<T>, options: SendOptions = {}): Promise<T> {
    const lane = this.#lanes[this.#sent % this.#lanes.length] as Lane
    this.#sent += 1
    const flight = new Flight(this.#last)
    this.#last = flight
    const sent = lane.send((call) => this.#perform(flight, call, perform), options)
    const over = (): void => {
      flight.end()
      if (this.#last === flight) this.#last = undefined
    }
    sent.then(over, over)
    return sent
  }

  async #perform<T>(flight: Flight, call: Call, perform: Perform<T>): Promise<T> {
    const isRepeat = flight.isOn(call)
    if (isRepeat) await this.#turn(flight)
    const before = flight.before
    if (before !== undefined && !isRepeat && !before.isBeside(call)) throw new OutOfTurn(before.over)
    flight.call = call
    try {
      return await perform(isRepeat ? call : following(call, before?.call))
    } catch (error) {
      if (before !== undefined && isTaskspaceError(error, 'EARLY_CALL'))
        throw new OutOfTurn(before.over, { cause: error })
      if (!isUnavailable(error)) flight.leave()
      throw error
    }
  }

  /**
   * What may have been applied keeps its number, and so waits with its session open: no longer than until the call before it
   * has left that, or the session wants quiet to reconcile.
   */
  #turn({ before }: Flight): Promise<unknown> | undefined {
    const { hush } = this.#session
    if (before === undefined || hush.aborted) return undefined
    const hushed = new AbortController()
    const quiet = new Promise<void>((resolve) => {
      hush.addEventListener('abort', () => resolve(), { once: true, signal: hushed.signal })
    })
    return Promise.race([before.left, quiet]).finally(() => hushed.abort())
  }
}

function following(call: Call, before: Call | undefined): Call {
  return before === undefined ? call : { ...call, after: { lane: before.lane, number: before.number } }
}

/** A call from when it is asked for until it is answered or given up. */
class Flight {
  /** Resolves when it is answered or given up. */
  readonly over: Promise<void>
  /** Resolves when nothing more is sent of it under the session under which it was sent. */
  readonly left: Promise<void>
  /** As it was sent last. */
  call: Call | undefined
  isOver = false
  #before: Flight | undefined
  #end: () => void = nothing
  #leave: () => void = nothing

  constructor(before: Flight | undefined) {
    this.#before = before
    this.over = new Promise((resolve) => {
      this.#end = resolve
    })
    this.left = new Promise((resolve) => {
      this.#leave = resolve
    })
  }

  /** The one asked for before it, for as long as that is not over. */
  get before(): Flight | undefined {
    if (this.#before?.isOver) this.#before = undefined
    return this.#before
  }

  /** Whether it was sent as this call before. */
  isOn(call: Call): boolean {
    return this.call?.number === call.number && this.isBeside(call)
  }

  /** Whether it was sent in the same session and epoch as another call. */
  isBeside({ session, epoch }: Call): boolean {
    return this.call?.session === session && this.call.epoch === epoch
  }

  leave(): void {
    this.#leave()
  }

  end(): void {
    this.isOver = true
    this.#before = undefined
    this.#leave()
    this.#end()
  }
}

function nothing(): void {}
