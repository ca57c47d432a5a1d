import type { ClaimedValue, ValueRef } from '../backend/claim.ts'
import type { Clock } from '../backend/clock.ts'
import { INLINE_VALUE_BYTES } from '../backend/limits.ts'
import { type Payload, payloadSize } from '../backend/payload.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import { isUnavailable } from '../client/away.ts'
import { readLargeValue } from '../client/large-value.ts'
import { pause, reconnectDelayMs } from '../client/pause.ts'
import { Closed } from '../errors/backend-errors.ts'
import { MalformedPayload, PayloadTooLarge } from '../errors/usage-errors.ts'
import type { ArgumentValue } from './executor.ts'

/** What reading arguments takes. */
export interface LoaderOptions {
  readonly queue: TaskQueue
  readonly clock: Clock
  /** Most bytes that the arguments of one job may take together. */
  readonly limitBytes: number
  /** Aborts when nobody wants the values any more. */
  readonly closing: AbortSignal
}

/** Reads argument values that are too large for a claim's reply; one that several jobs need at once is read once. */
export class ArgumentLoader {
  readonly #options: LoaderOptions
  readonly #reading = new Map<string, Promise<Payload>>()

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  /** @throws PayloadTooLarge if these values take more together than one job may have. */
  check(values: readonly ClaimedValue[]): void {
    const { limitBytes } = this.#options
    const mayExceed = values.length * INLINE_VALUE_BYTES > limitBytes || values.some((value) => value.kind === 'large')
    if (!mayExceed) return
    const bytes = values.reduce((sum, value) => sum + sizeOf(value), 0)
    if (bytes <= limitBytes) return
    throw new PayloadTooLarge(`the arguments take ${bytes} bytes, more than the limit of ${limitBytes}`)
  }

  /**
   * The values with none missing. While the backend is away it waits.
   *
   * @throws MalformedPayload if a value is gone; Closed once nobody wants it.
   */
  load(values: readonly ClaimedValue[]): Promise<readonly ArgumentValue[]> {
    return Promise.all(values.map(async (value) => (value.kind === 'large' ? this.#loadOne(value.ref) : value)))
  }

  async #loadOne(ref: ValueRef): Promise<ArgumentValue> {
    const key = `${ref.id}/${ref.series}`
    let reading = this.#reading.get(key)
    if (reading === undefined) {
      reading = this.#read(ref).finally(() => this.#reading.delete(key))
      this.#reading.set(key, reading)
    }
    return { kind: 'value', payload: await reading }
  }

  async #read(ref: ValueRef): Promise<Payload> {
    const { queue, clock, closing } = this.#options
    for (let tries = 1; !closing.aborted; tries += 1) {
      try {
        const payload = await readLargeValue(queue, ref)
        if (payload !== undefined) return payload
        throw new MalformedPayload(`the result of job ${ref.id}, an argument of this one, is gone`)
      } catch (error) {
        if (!isUnavailable(error)) throw error
        await pause(clock, reconnectDelayMs(tries), closing)
      }
    }
    throw new Closed('the pool has stopped')
  }
}

function sizeOf(value: ClaimedValue): number {
  if (value.kind === 'large') return value.size
  return value.kind === 'value' ? payloadSize(value.payload) : 0
}
