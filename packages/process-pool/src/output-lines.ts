import type { Readable } from 'node:stream'
import { LineJoiner } from '@taskspace/core/pool'

/** How much of the end is kept, in characters: what a process that dies says comes last. */
const MAX_TAIL = 2048

/** Hands on the lines that a stream gives, those that come in one piece together, and keeps the last of it. */
export class OutputLines {
  readonly #tell: (lines: readonly string[]) => void
  #tail = ''
  #lines: string[] = []

  constructor(stream: Readable, tell: (lines: readonly string[]) => void) {
    this.#tell = tell
    const joiner = new LineJoiner((line) => this.#lines.push(line))
    const end = (): void => {
      joiner.end()
      this.#handOn()
    }
    stream.on('data', (chunk: Buffer) => {
      this.#tail = (this.#tail + chunk.subarray(-4 * MAX_TAIL).toString('utf8')).slice(-MAX_TAIL)
      joiner.write(chunk)
      this.#handOn()
    })
    stream.on('end', end)
    // The pipe of a process that is gone: what had come of it is all there is.
    stream.on('error', end)
  }

  /** What came last. */
  get tail(): string {
    return this.#tail.trim()
  }

  #handOn(): void {
    if (this.#lines.length === 0) return
    const lines = this.#lines
    this.#lines = []
    this.#tell(lines)
  }
}
