import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Longest line that is kept whole, and how much of the end is kept for errors, in characters. */
const MAX_LINE = 8192
const MAX_TAIL = 2048

/** Joins what a stream gives to lines, and keeps the last of it. */
export class OutputLines {
  readonly #tell: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #tail = ''

  constructor(stream: Readable, tell: (line: string) => void) {
    this.#tell = tell
    stream.on('data', (chunk: Buffer) => this.#push(this.#decoder.write(chunk)))
    stream.on('end', () => this.#finish())
    // The pipe of a process that is gone.
    stream.on('error', () => this.#finish())
  }

  /** What came last. */
  get tail(): string {
    return this.#tail.trim()
  }

  #push(text: string): void {
    this.#tail = (this.#tail + text).slice(-MAX_TAIL)
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#tellLine(line)
    if (this.#rest.length > MAX_LINE) {
      this.#tellLine(this.#rest)
      this.#rest = ''
    }
  }

  #finish(): void {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    if (rest !== '') this.#tellLine(rest)
  }

  #tellLine(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    this.#tell(text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text)
  }
}
