import type { Payload } from '@taskspace/core/backend'
import { decodeText } from './text.ts'
import { readUuid, UUID_BYTES } from './uuid.ts'

const FALSE = 0xc2
const NIL = 0xc0
const TEXT_KIND = 0x74
/** What an id begins with that is a uuid. */
const UUID_ID = 0x75

/** How numbers are read, by the first byte. */
const NUMBERS: Readonly<Record<number, readonly [size: number, read: (bytes: Buffer, at: number) => number]>> = {
  202: [4, (bytes, at) => bytes.readFloatBE(at)],
  203: [8, (bytes, at) => bytes.readDoubleBE(at)],
  204: [1, (bytes, at) => bytes.readUInt8(at)],
  205: [2, (bytes, at) => bytes.readUInt16BE(at)],
  206: [4, (bytes, at) => bytes.readUInt32BE(at)],
  207: [8, (bytes, at) => Number(bytes.readBigUInt64BE(at))],
  208: [1, (bytes, at) => bytes.readInt8(at)],
  209: [2, (bytes, at) => bytes.readInt16BE(at)],
  210: [4, (bytes, at) => bytes.readInt32BE(at)],
  211: [8, (bytes, at) => Number(bytes.readBigInt64BE(at))],
}

/** The text that was read last of some kind, and where in the answer it stands. */
export class LastText {
  text = ''
  start = 0
  size = 0
}

/** Reads MessagePack as scripts write it, by what has to come next. */
export class Unpacker {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, start = 0) {
    this.#bytes = bytes
    this.#at = start
  }

  /** How many bytes are to come. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Length of the array that follows. */
  array(): number {
    return this.#length(0x90, 0xdc)
  }

  /** Size of the table that follows; one that is empty came as an array. */
  map(): number {
    if (this.#peek() === 0x90) return this.array()
    return this.#length(0x80, 0xde)
  }

  flag(): boolean {
    const found = this.#byte()
    return found !== FALSE && found !== NIL
  }

  number(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    if (first >= 0xe0) return first - 0x100
    const found = NUMBERS[first]
    if (found === undefined) throw this.#unexpected('a number', first)
    const value = found[1](this.#bytes, this.#at)
    this.#at += found[0]
    return value
  }

  /** Whether a string follows. */
  get isText(): boolean {
    const next = this.#peek()
    return (next >= 0xa0 && next < 0xc0) || (next >= 0xd9 && next <= 0xdb)
  }

  text(): string {
    return this.textOf(this.#chunk())
  }

  /** The id of a job, see `Packer.id`. */
  id(): string {
    this.#chunk()
    return this.bareId()
  }

  bytes(): Uint8Array {
    const start = this.#take(this.#chunk())
    return new Uint8Array(this.#bytes.subarray(start, this.#at))
  }

  payload(): Payload {
    return this.payloadOf(this.#chunk())
  }

  /** Pass over so many bytes. */
  skip(size: number): void {
    this.#at += size
  }

  /** A whole number of so many bytes, not negative. */
  fixed(size: number): number {
    const start = this.#take(size)
    const bytes = this.#bytes
    if (this.#at > bytes.length) throw new RangeError(`a script's answer ends at byte ${bytes.length}, inside a number`)
    let value = 0
    for (let at = start; at < this.#at; at += 1) value = value * 256 + (bytes[at] as number)
    return value
  }

  /** A text of so many bytes. */
  textOf(size: number): string {
    const start = this.#take(size)
    return decodeText(this.#bytes, start, this.#at)
  }

  /** The same, where it is likely to be the one that was read last: then it costs next to nothing. */
  textAs(last: LastText, size: number): string {
    const start = this.#take(size)
    if (size !== last.size || !this.#isSame(start, last.start, size)) {
      last.text = decodeText(this.#bytes, start, this.#at)
      last.start = start
      last.size = size
    }
    return last.text
  }

  /** An id that stands there without a length before it. */
  bareId(): string {
    if (this.#bytes[this.#at] === UUID_ID) return readUuid(this.#bytes, this.#take(UUID_BYTES + 1) + 1)
    this.#at += 1
    return this.textOf(this.fixed(2))
  }

  /** So many of them. */
  bareIds(count: number): readonly string[] {
    const ids: string[] = []
    for (let left = count; left > 0; left -= 1) ids.push(this.bareId())
    return ids
  }

  /** A payload of so many bytes, its kind included. */
  payloadOf(size: number): Payload {
    const start = this.#take(size)
    if (this.#bytes[start] === TEXT_KIND) return this.#bytes.toString('utf8', start + 1, this.#at)
    return new Uint8Array(this.#bytes.subarray(start + 1, this.#at))
  }

  /** What `read` finds; undefined if nothing is there. */
  maybe<T>(read: (unpacker: this) => T): T | undefined {
    const next = this.#peek()
    if (next !== FALSE && next !== NIL) return read(this)
    this.#at += 1
    return undefined
  }

  list<T>(read: (unpacker: this) => T): T[] {
    const found: T[] = []
    for (let left = this.array(); left > 0; left -= 1) found.push(read(this))
    return found
  }

  /** An object of numbers, texts and such objects. */
  plain(): unknown {
    const next = this.#peek()
    if (next === FALSE || next === 0xc3) return this.flag()
    if (this.isText) return this.text()
    if ((next & 0xf0) !== 0x80 && next !== 0xde && next !== 0xdf && next !== 0x90) return this.number()
    const size = this.map()
    return Object.fromEntries(Array.from({ length: size }, () => [this.text(), this.plain()]))
  }

  #isSame(one: number, other: number, size: number): boolean {
    const bytes = this.#bytes
    for (let index = 0; index < size; index += 1) if (bytes[one + index] !== bytes[other + index]) return false
    return true
  }

  /** Size of the string that follows. */
  #chunk(): number {
    const first = this.#byte()
    return first >= 0xa0 && first < 0xc0 ? first & 0x1f : this.#longSize(first)
  }

  /** Pass over so many bytes; answers where they begin. */
  #take(size: number): number {
    const start = this.#at
    this.#at += size
    return start
  }

  #longSize(first: number): number {
    if (first < 0xd9 || first > 0xdb) throw this.#unexpected('a string', first)
    return this.fixed(1 << (first - 0xd9))
  }

  #length(short: number, long: number): number {
    const first = this.#byte()
    if ((first & 0xf0) === short) return first & 0x0f
    if (first !== long && first !== long + 1) throw this.#unexpected('a list', first)
    return this.fixed(first === long ? 2 : 4)
  }

  #peek(): number {
    return this.#bytes[this.#at] ?? NIL
  }

  #byte(): number {
    const found = this.#peek()
    this.#at += 1
    return found
  }

  #unexpected(wanted: string, found: number): Error {
    return new Error(`a script answered 0x${found.toString(16)} at byte ${this.#at - 1}, where ${wanted} was expected`)
  }
}
