import type { Writable } from 'node:stream'
import { deserialize, serialize } from 'node:v8'
import type { FromWorker, ToWorker } from '@taskspace/core/pool'

type Message = FromWorker | ToWorker

/** Length of the body in 31 bits, and in the lowest whether it is JSON. */
const HEAD_BYTES = 5
const JSON_BODY = 1
const V8_BODY = 2

/** Longest payload that goes as JSON: longer ones are copied faster than they are escaped. */
const JSON_LIMIT = 8192

/** Up to this size one write of a copy is cheaper than several writes. */
const COPY_LIMIT = 65_536

/** Longest frame that is believed; whoever sends more is broken. */
const MAX_BODY_BYTES = 2 ** 31 - 1

/**
 * Messages as they go through a pipe, each run of a kind in a frame: JSON for small plain jobs and results, which is
 * fastest for many, the format of V8 for all else, since it keeps bytes, maps, `undefined` and infinite numbers.
 */
export function writeFrames(to: Writable, batch: readonly Message[]): void {
  const parts = partsOf(batch)
  const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
  if (bytes <= COPY_LIMIT) {
    to.write(Buffer.concat(parts, bytes))
    return
  }
  to.cork()
  for (const part of parts) to.write(part)
  to.uncork()
}

function partsOf(batch: readonly Message[]): readonly Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  while (from < batch.length) {
    const plain = isPlain(batch[from] as Message)
    let to = from + 1
    while (to < batch.length && isPlain(batch[to] as Message) === plain) to += 1
    const part = from === 0 && to === batch.length ? batch : batch.slice(from, to)
    const body = plain ? Buffer.from(JSON.stringify(part)) : serialize(part)
    const head = Buffer.allocUnsafe(HEAD_BYTES)
    head.writeUInt32LE(body.byteLength, 0)
    head.writeUInt8(plain ? JSON_BODY : V8_BODY, 4)
    parts.push(head, body)
    from = to
  }
  return parts
}

/** Puts frames together again from what a pipe gives. */
export class FrameReader<M extends Message> {
  readonly #deliver: (batch: readonly M[]) => void
  #chunks: Buffer[] = []
  #bytes = 0
  #needed = HEAD_BYTES

  constructor(deliver: (batch: readonly M[]) => void) {
    this.#deliver = deliver
  }

  /** Take the next piece. @throws RangeError for what no frame begins with; SyntaxError and the like for a broken one. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    if (this.#bytes >= this.#needed) this.#read()
  }

  #read(): void {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    let at = 0
    this.#needed = HEAD_BYTES
    while (all.byteLength - at >= HEAD_BYTES) {
      const length = all.readUInt32LE(at)
      const kind = all.readUInt8(at + 4)
      if (length > MAX_BODY_BYTES || (kind !== JSON_BODY && kind !== V8_BODY)) throw new RangeError('no frame')
      const end = at + HEAD_BYTES + length
      if (all.byteLength < end) {
        this.#needed = end - at
        break
      }
      this.#deliver(bodyOf(kind, all.subarray(at + HEAD_BYTES, end)) as M[])
      at = end
    }
    const rest = all.subarray(at)
    this.#chunks = rest.byteLength === 0 ? [] : [rest]
    this.#bytes = rest.byteLength
  }
}

function bodyOf(kind: number, body: Buffer): unknown {
  return kind === JSON_BODY ? JSON.parse(body.toString('utf8')) : deserialize(body)
}

function isPlain(message: Message): boolean {
  if (message.kind === 'run') {
    const { job, values } = message
    return isShort(job.input) && values.every((value) => value.kind === 'value' && isShort(value.payload))
  }
  if (message.kind !== 'done') return false
  const { settlement } = message
  return settlement.kind === 'success' && isShort(settlement.value) && Number.isFinite(settlement.resultTtlMs ?? 0)
}

function isShort(payload: string | Uint8Array): boolean {
  return typeof payload === 'string' && payload.length <= JSON_LIMIT
}
