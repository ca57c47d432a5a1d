import { StringDecoder } from 'node:string_decoder'

/** Largest text that is handed on as one, in bytes: a line of a journal has room for it. */
const MAX_BYTES = 7_600

/** Length of the parts of a larger one, in UTF-16 units: three bytes each at most. */
const PART_LENGTH = 2_500

/**
 * Makes lines of what is written to an output in pieces. A piece without a line break at its end waits for the rest, so
 * that what is printed bit by bit becomes one line. A piece with several lines stays whole where `whole` says that pieces
 * are what somebody wrote at once; else each line is one. Longer ones are cut at line breaks where there are any.
 */
export class LineJoiner {
  readonly #emit: (text: string) => void
  readonly #whole: boolean
  #decoder: StringDecoder | undefined
  #rest = ''

  /** `emit` gets each text without the line break at its end. `whole`: see above; default false. */
  constructor(emit: (text: string) => void, whole = false) {
    this.#emit = emit
    this.#whole = whole
  }

  /** Something was written; bytes are UTF-8, and may end within a character. */
  write(piece: string | Uint8Array): void {
    const end = this.#rest + (typeof piece === 'string' ? piece : this.#decoded(piece))
    const cut = end.lastIndexOf('\n')
    this.#rest = cut < 0 ? end : end.slice(cut + 1)
    if (cut >= 0) this.#tell(end.slice(0, cut))
    if (this.#rest.length > MAX_BYTES) this.#flushRest()
  }

  /** Nothing more comes: hand on what has no line break at its end. */
  end(): void {
    this.#rest += this.#decoder?.end() ?? ''
    this.#flushRest()
  }

  #flushRest(): void {
    const rest = this.#rest
    this.#rest = ''
    if (rest !== '') this.#tell(rest)
  }

  #decoded(bytes: Uint8Array): string {
    this.#decoder ??= new StringDecoder('utf8')
    return this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  #tell(text: string): void {
    if (!this.#whole) for (const line of text.split('\n')) this.#tellParts(line)
    else this.#tellParts(text)
  }

  /** Hand on a text in parts that are not too long. */
  #tellParts(text: string): void {
    if (Buffer.byteLength(text) <= MAX_BYTES) {
      this.#emit(withoutReturn(text))
      return
    }
    let from = 0
    while (text.length - from > PART_LENGTH) {
      const to = cutBefore(text, from, from + PART_LENGTH)
      this.#emit(withoutReturn(text.slice(from, to)))
      from = text[to] === '\n' ? to + 1 : to
    }
    this.#emit(withoutReturn(text.slice(from)))
  }
}

/** The last line break before `to`; without one, a place that is not within a character. */
function cutBefore(text: string, from: number, to: number): number {
  // Not `text.lastIndexOf`, which looks through all that lies before.
  const breakAt = text.slice(from, to + 1).lastIndexOf('\n')
  if (breakAt > 0) return from + breakAt
  const last = text.charCodeAt(to - 1)
  return last >= 0xd800 && last < 0xdc00 ? to - 1 : to
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
