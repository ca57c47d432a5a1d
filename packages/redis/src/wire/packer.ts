import type { Payload } from '@taskspace/core/backend'
import { encodeText } from './text.ts'
import { UUID_BYTES, writeUuid } from './uuid.ts'

const FIRST_BYTES = 1024

/** The size of longer texts does not fit into their first byte. */
const SHORT = 31

/** Texts of more bytes are written anew, rather than copied byte by byte. */
const WORTH_COPYING = 64

const TEXT_KIND = 0x74
const BYTES_KIND = 0x62
const TEXT = [TEXT_KIND]
const NOTHING: readonly number[] = []

/** What ids begin with: `u` and `i`. */
const [UUID_ID, TEXT_ID] = [0x75, 0x69]

/** Bytes that a payload takes. */
export function sizeOf(value: Payload): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength
}

/** The text that was written last of some kind, and where it stands. */
export class PackedText {
  text: string | undefined
  start = 0
  size = 0
}

/** Writes MessagePack as scripts read it. */
export class Packer {
  #bytes: Buffer
  #at = 0

  /** `bytes`: about how many it will be; more cost a copy. */
  constructor(bytes = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafe(bytes)
  }

  /** What was written. */
  get done(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  /** So many values follow that are one array. */
  array(length: number): this {
    if (length < 16) return this.#byte(0x90 | length)
    this.#byte(0xdd)
    return this.#uint32(length)
  }

  /** So many pairs follow that are one table. */
  map(size: number): this {
    if (size < 16) return this.#byte(0x80 | size)
    this.#byte(0xdf)
    return this.#uint32(size)
  }

  flag(value: boolean): this {
    return this.#byte(value ? 0xc3 : 0xc2)
  }

  number(value: number): this {
    if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) {
      return value < 128 ? this.#byte(value) : this.#byte(0xce).#uint32(value)
    }
    this.#reserve(9)
    this.#bytes[this.#at] = 0xcb
    this.#bytes.writeDoubleBE(value, this.#at + 1)
    this.#at += 9
    return this
  }

  /** A name, or any other string. */
  text(value: string): this {
    if (value.length <= SHORT && this.#plainText(value)) return this
    if (!value.isWellFormed()) return this.#chunk(encodeText(value))
    this.#reserve(value.length * 3 + 5)
    const size = Buffer.byteLength(value)
    this.#head(size)
    this.#at += this.#bytes.write(value, this.#at, 'utf8')
    return this
  }

  /** The same, where it is likely to be the one that was written last: then it costs next to nothing. */
  textAs(last: PackedText, value: string): this {
    const start = this.#at
    if (value === last.text && last.size <= WORTH_COPYING) return this.#again(last)
    this.text(value)
    last.text = value
    last.start = start
    last.size = this.#at - start
    return this
  }

  /** The id of a job, which tells where it ends: `u` and the 16 bytes of a uuid, or `i`, a length in two bytes, and a text. */
  id(value: string): this {
    this.#reserve(UUID_BYTES + 2)
    if (writeUuid(value, this.#bytes, this.#at + 2)) return this.#uuid()
    const bytes = encodeText(value)
    this.#reserve(bytes.byteLength + 8)
    this.#head(bytes.byteLength + 3)
    this.#bytes[this.#at] = TEXT_ID
    this.#bytes.writeUInt16BE(bytes.byteLength, this.#at + 1)
    this.#bytes.set(bytes, this.#at + 3)
    this.#at += bytes.byteLength + 3
    return this
  }

  /** A payload, with its kind before it. */
  payload(value: Payload): this {
    if (typeof value === 'string' && value.length < SHORT && this.#plainText(value, TEXT)) return this
    const size = sizeOf(value)
    this.#reserve(size + 6)
    this.#head(size + 1)
    return this.#content(value, size)
  }

  /** A small payload, with its kind before it, and before that the length of both in two bytes. */
  framedPayload(value: Payload): this {
    const isShort = typeof value === 'string' && value.length < SHORT - 2
    if (isShort && this.#plainText(value, [0, value.length + 1, TEXT_KIND])) return this
    const size = sizeOf(value)
    this.#reserve(size + 8)
    this.#head(size + 3)
    this.#bytes.writeUInt16BE(size + 1, this.#at)
    this.#at += 2
    return this.#content(value, size)
  }

  /** `false` where there is nothing. */
  maybe<T>(value: T | undefined, write: (packer: this, value: T) => unknown): this {
    if (value === undefined) return this.flag(false)
    write(this, value)
    return this
  }

  list<T>(values: readonly T[], write: (packer: this, value: T) => unknown): this {
    this.array(values.length)
    for (const value of values) write(this, value)
    return this
  }

  /** An object of numbers, texts and such objects; what is undefined is left out. */
  plain(value: unknown): this {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number') return this.number(value)
    if (typeof value === 'boolean') return this.flag(value)
    const entries = Object.entries(value as object).filter(([, each]) => each !== undefined)
    this.map(entries.length)
    for (const [name, each] of entries) this.text(name).plain(each)
    return this
  }

  /** Write a short text of ASCII alone, and some bytes before it; false if it is another. */
  #plainText(value: string, before: readonly number[] = NOTHING): boolean {
    const { length } = value
    this.#reserve(length * 3 + before.length + 1)
    const bytes = this.#bytes
    let at = this.#at + 1
    for (let index = 0; index < before.length; index += 1) {
      bytes[at] = before[index] as number
      at += 1
    }
    if (bytes.write(value, at) !== length) return false
    bytes[this.#at] = 0xa0 | (at + length - this.#at - 1)
    this.#at = at + length
    return true
  }

  #again({ start, size }: PackedText): this {
    this.#reserve(size)
    const bytes = this.#bytes
    const to = this.#at - start
    for (let from = start; from < start + size; from += 1) bytes[from + to] = bytes[from] as number
    this.#at += size
    return this
  }

  /** Its bytes are written. */
  #uuid(): this {
    this.#bytes[this.#at] = 0xa0 | (UUID_BYTES + 1)
    this.#bytes[this.#at + 1] = UUID_ID
    this.#at += UUID_BYTES + 2
    return this
  }

  #content(value: Payload, size: number): this {
    this.#bytes[this.#at] = typeof value === 'string' ? TEXT_KIND : BYTES_KIND
    this.#at += 1
    if (typeof value === 'string') this.#bytes.write(value, this.#at, 'utf8')
    else this.#bytes.set(value, this.#at)
    this.#at += size
    return this
  }

  #chunk(bytes: Uint8Array): this {
    this.#reserve(bytes.byteLength + 5)
    this.#head(bytes.byteLength)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.byteLength
    return this
  }

  #head(size: number): void {
    if (size < 32) {
      this.#byte(0xa0 | size)
    } else {
      this.#byte(0xdb)
      this.#uint32(size)
    }
  }

  #byte(value: number): this {
    this.#reserve(1)
    this.#bytes[this.#at] = value
    this.#at += 1
    return this
  }

  #uint32(value: number): this {
    this.#reserve(4)
    const bytes = this.#bytes
    bytes[this.#at] = value >>> 24
    bytes[this.#at + 1] = value >>> 16
    bytes[this.#at + 2] = value >>> 8
    bytes[this.#at + 3] = value
    this.#at += 4
    return this
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}
