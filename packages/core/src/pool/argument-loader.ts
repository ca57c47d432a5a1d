import type { ClaimedValue, ValueRef } from '../backend/claim.ts'
import type { Clock } from '../backend/clock.ts'
import { INLINE_VALUE_BYTES } from '../backend/limits.ts'
import { type Payload, payloadSize } from '../backend/payload.ts'
import type { TaskQueue, ValueChunk } from '../backend/task-queue.ts'
import { pause, reconnectDelayMs } from '../client/pause.ts'
import { Closed } from '../errors/backend-errors.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'
import { MalformedPayload, PayloadTooLarge } from '../errors/usage-errors.ts'
import type { ArgumentValue } from './executor.ts'

/** What reading arguments takes. */
export interface LoaderOptions {
  readonly queue: Pick<TaskQueue, 'readValue'>
  readonly clock: Clock
  /** Most bytes that the arguments of one job may take together. */
  readonly limitBytes: number
  /** Aborts when nobody wants the values any more. */
  readonly closing: AbortSignal
}

/** Reads argument values that are too large for a claim's reply, in chunks; one that several jobs need at once is read once. */
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
   * @throws MalformedPayload if a value is gone, or not what it was said to be; Closed once nobody wants it.
   */
  load(values: readonly ClaimedValue[]): Promise<readonly ArgumentValue[]> {
    return Promise.all(values.map((value) => (value.kind === 'large' ? this.#loadOne(value) : value)))
  }

  async #loadOne({ ref, size }: { readonly ref: ValueRef; readonly size: number }): Promise<ArgumentValue> {
    const key = `${ref.id}/${ref.series}`
    let reading = this.#reading.get(key)
    if (reading === undefined) {
      reading = this.#read(ref, size).finally(() => this.#reading.delete(key))
      this.#reading.set(key, reading)
    }
    return { kind: 'value', payload: await reading }
  }

  async #read(ref: ValueRef, size: number): Promise<Payload> {
    const parts: Uint8Array[] = []
    let kind: ValueChunk['kind'] = 'bytes'
    for (let offset = 0; offset < size; ) {
      const chunk = await this.#readChunk(ref, offset)
      if (chunk === undefined || chunk.bytes.byteLength === 0 || chunk.size !== size) {
        throw new MalformedPayload(`the result of job ${ref.id}, an argument of this one, is gone`)
      }
      kind = chunk.kind
      offset += chunk.bytes.byteLength
      parts.push(chunk.bytes)
    }
    const bytes = Buffer.concat(parts)
    return kind === 'text' ? bytes.toString('utf8') : bytes
  }

  async #readChunk(ref: ValueRef, offset: number): Promise<ValueChunk | undefined> {
    const { queue, clock, closing } = this.#options
    for (let tries = 1; !closing.aborted; tries += 1) {
      try {
        return await queue.readValue(ref, offset, INLINE_VALUE_BYTES)
      } catch (error) {
        if (!isTaskspaceError(error, 'BACKEND_UNAVAILABLE')) throw error
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
