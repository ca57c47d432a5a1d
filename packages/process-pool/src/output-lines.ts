import type { Readable } from 'node:stream'
import { LineJoiner } from '@taskspace/core/pool'

/** How much of the end is kept, in characters: what a process that dies says comes last. */
const MAX_TAIL = 2048

/** Hands on the lines that a stream gives, and keeps the last of it. */
export class OutputLines {
  #tail = ''

  constructor(stream: Readable, tell: (line: string) => void) {
    const joiner = new LineJoiner(tell)
    stream.on('data', (chunk: Buffer) => {
      this.#tail = (this.#tail + chunk.subarray(-4 * MAX_TAIL).toString('utf8')).slice(-MAX_TAIL)
      joiner.write(chunk)
    })
    stream.on('end', () => joiner.end())
    // The pipe of a process that is gone: what had come of it is all there is.
    stream.on('error', () => joiner.end())
  }

  /** What came last. */
  get tail(): string {
    return this.#tail.trim()
  }
}
