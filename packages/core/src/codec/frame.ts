import { MalformedPayload } from '../errors/usage-errors.ts'
import { freeBytes } from './free-bytes.ts'

const MAGIC = 0xf7
const VERSION = 1
const HEADER = 6

/** A payload that is bytes: a magic byte (never the first of UTF-8 text), a version, the text's length, the text, the rest. */
export function writeFrame(text: string, chunks: readonly Uint8Array[]): Uint8Array {
  const textBytes = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafeSlow(chunks.reduce((size, chunk) => size + chunk.byteLength, HEADER + textBytes))
  frame[0] = MAGIC
  frame[1] = VERSION
  frame.writeUInt32BE(textBytes, 2)
  frame.write(text, HEADER)
  let at = HEADER + textBytes
  for (const chunk of chunks) {
    frame.set(chunk, at)
    at += chunk.byteLength
  }
  return new Uint8Array(frame.buffer)
}

/** The text and the rest of a frame; the rest is a view, not a copy. `MalformedPayload` for whatever is no frame. */
export function readFrame(frame: Uint8Array): { readonly text: string; readonly rest: Uint8Array } {
  if (frame.byteLength < HEADER || frame[0] !== MAGIC) throw new MalformedPayload('the payload is no frame of bytes')
  if (frame[1] !== VERSION) throw new MalformedPayload(`the payload is a frame of unknown version ${frame[1]}`)
  const end = HEADER + new DataView(frame.buffer, frame.byteOffset).getUint32(2)
  if (end > frame.byteLength) throw new MalformedPayload('the payload ends inside its text')
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(frame.subarray(HEADER, end))
  return { text, rest: frame.subarray(end) }
}

/** The chunks of bytes behind a frame's text. Each is taken at most once, so that a message cannot multiply its bytes. */
export class Chunks {
  readonly #rest: Uint8Array
  readonly #areFree: boolean
  readonly #lengths: readonly number[]
  readonly #starts: (number | undefined)[] = []

  /** `areFree`: nobody else has their memory. @throws MalformedPayload unless chunks of these lengths fill the rest of the frame exactly. */
  constructor(rest: Uint8Array, lengths: readonly number[], areFree: boolean) {
    this.#rest = rest
    this.#areFree = areFree
    this.#lengths = lengths
    let end = 0
    for (const length of lengths) {
      this.#starts.push(end)
      end += length
    }
    if (end !== rest.byteLength) throw new MalformedPayload('the chunks of the payload do not fill it')
  }

  /** A view of one chunk; `undefined` if there is none of that number, or it was taken before. */
  take(index: number): Uint8Array | undefined {
    const start = this.#starts[index]
    if (start === undefined) return undefined
    this.#starts[index] = undefined
    const chunk = this.#rest.subarray(start, start + (this.#lengths[index] ?? 0))
    if (this.#areFree) freeBytes(chunk)
    return chunk
  }
}
