import type { Writable } from 'node:stream'
import { deserialize, serialize } from 'node:v8'
import type { FromWorker, ToWorker } from '@taskspace/core/pool'
import { isPlain, type PlainMessage, plainMessages, plainText } from './plain-messages.ts'
import type { CallAnswer, CallMessage } from './subprocess-messages.ts'

type Message = FromWorker | ToWorker | CallMessage | CallAnswer

/** Length of the body, and of what kind it is. */
const HEAD_BYTES = 5
const JSON_BODY = 1
const V8_BODY = 2
/** The length of what follows in the format of V8, that, and then the bytes that belong in it. */
const BYTES_BODY = 3

/** From this size on the bytes of a payload go as they are, in a frame of their own. */
const LEAST_BYTES = 16_384

/** Up to this size one write of a copy is cheaper than several writes. */
const COPY_LIMIT = 65_536

/** Longest frame that is believed; whoever sends more is broken. */
const MAX_BODY_BYTES = 2 ** 31 - 1

/** What stands in the place of bytes that go beside. */
const ELSEWHERE = new Uint8Array(0)

type FrameKind = typeof JSON_BODY | typeof V8_BODY | typeof BYTES_BODY

/**
 * Messages as they go through a pipe, each run of a kind in a frame: JSON for small plain jobs and results, which is
 * fastest for many, the format of V8 for all else, since it keeps bytes, maps, `undefined` and infinite numbers. Many
 * bytes are not copied, and must not be changed any more.
 */
export function writeFrames(to: Writable, batch: readonly Message[]): void {
  if (batch.every(isPlain)) {
    to.write(plainFrame(batch))
    return
  }
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

/** In one piece: most batches are nothing else. */
function plainFrame(batch: readonly PlainMessage[]): Uint8Array {
  const text = plainText(batch)
  const size = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(HEAD_BYTES + size)
  frame.writeUInt32LE(size, 0)
  frame.writeUInt8(JSON_BODY, 4)
  frame.write(text, HEAD_BYTES)
  return frame
}

function partsOf(batch: readonly Message[]): readonly Uint8Array[] {
  const parts: Uint8Array[] = []
  let from = 0
  while (from < batch.length) {
    const kind = kindOf(batch[from] as Message)
    let to = from + 1
    // Whoever keeps the bytes of a message is not to keep those of others with them.
    while (kind !== BYTES_BODY && to < batch.length && kindOf(batch[to] as Message) === kind) to += 1
    const part = from === 0 && to === batch.length ? batch : batch.slice(from, to)
    const body = bodyParts(kind, part)
    const head = Buffer.allocUnsafe(HEAD_BYTES)
    const size = body.reduce((sum, { byteLength }) => sum + byteLength, 0)
    head.writeUInt32LE(size, 0)
    head.writeUInt8(kind, 4)
    parts.push(head, ...body)
    from = to
  }
  return parts
}

function bodyParts(kind: FrameKind, part: readonly Message[]): readonly Uint8Array[] {
  if (kind === JSON_BODY) return [Buffer.from(plainText(part.filter(isPlain)))]
  const [message] = part
  const bytes = kind === V8_BODY || message === undefined ? undefined : bytesOf(message)
  if (message === undefined || bytes === undefined) return [serialize(part)]
  const rest = serialize(withBytes(message, ELSEWHERE))
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32LE(rest.byteLength, 0)
  return [length, rest, bytes]
}

/** Puts frames together again from what a pipe gives. */
export class FrameReader<M extends Message> {
  readonly #deliver: (batch: readonly M[]) => void
  readonly #head = Buffer.alloc(HEAD_BYTES)
  #headBytes = 0
  /** Of a frame that has not come as a whole. */
  #body: Buffer | undefined
  #bodyBytes = 0

  constructor(deliver: (batch: readonly M[]) => void) {
    this.#deliver = deliver
  }

  /** Take the next piece. @throws RangeError for what no frame begins with; SyntaxError and the like for a broken one. */
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.byteLength) {
      at += this.#body === undefined ? this.#readHead(chunk, at) : this.#readBody(this.#body, chunk, at)
    }
  }

  /** How many bytes it took: those of the head, and of the body where that has come with it. */
  #readHead(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#head, this.#headBytes, at)
    this.#headBytes += taken
    if (this.#headBytes < HEAD_BYTES) return taken
    this.#headBytes = 0
    const length = this.#head.readUInt32LE(0)
    const kind = this.#head.readUInt8(4)
    if (length === 0 || length > MAX_BODY_BYTES || !isKind(kind)) throw new RangeError('no frame')
    const start = at + taken
    if (kind !== BYTES_BODY && chunk.byteLength - start >= length) {
      this.#deliver(bodyOf(kind, chunk.subarray(start, start + length)) as M[])
      return taken + length
    }
    // Memory of its own, which whoever gets the bytes may keep.
    this.#body = Buffer.allocUnsafeSlow(length)
    this.#bodyBytes = 0
    return taken
  }

  #readBody(body: Buffer, chunk: Buffer, at: number): number {
    const taken = chunk.copy(body, this.#bodyBytes, at)
    this.#bodyBytes += taken
    if (this.#bodyBytes < body.byteLength) return taken
    this.#body = undefined
    this.#deliver(bodyOf(this.#head.readUInt8(4), body) as M[])
    return taken
  }
}

function isKind(kind: number): kind is FrameKind {
  return kind === JSON_BODY || kind === V8_BODY || kind === BYTES_BODY
}

function bodyOf(kind: number, body: Buffer): unknown {
  if (kind === JSON_BODY) return plainMessages(body.toString('utf8'))
  if (kind === V8_BODY) return deserialize(body)
  const end = 4 + body.readUInt32LE(0)
  const message = deserialize(body.subarray(4, end)) as Message
  return [withBytes(message, new Uint8Array(body.buffer, body.byteOffset + end, body.byteLength - end))]
}

function kindOf(message: Message): FrameKind {
  if (isPlain(message)) return JSON_BODY
  return (bytesOf(message)?.byteLength ?? 0) < LEAST_BYTES ? V8_BODY : BYTES_BODY
}

/** The bytes of the one payload of a message that may be large: a job's input, or its result. */
function bytesOf(message: Message): Uint8Array | undefined {
  const payload = message.kind === 'run' ? message.job.input : resultOf(message)
  return typeof payload === 'string' ? undefined : payload
}

function resultOf(message: Message): string | Uint8Array | undefined {
  return message.kind === 'done' && message.settlement.kind === 'success' ? message.settlement.value : undefined
}

function withBytes(message: Message, bytes: Uint8Array): Message {
  if (message.kind === 'run') return { ...message, job: { ...message.job, input: bytes } }
  if (message.kind !== 'done' || message.settlement.kind !== 'success') return message
  return { ...message, settlement: { ...message.settlement, value: bytes } }
}
