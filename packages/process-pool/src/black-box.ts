import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StackFrame, stackText } from '@taskspace/core/pool'
import { FRAMES_AT, FRAMES_LIMIT, STACK_ASKED_AT, STACK_TOLD_AT } from './black-box-layout.ts'

/**
 * A file without a name that a child writes to before each job: which one it is is known also when the child is stuck, or
 * dead without a word. Its watchdog writes there, when it was asked to, where the code of the child is.
 */
export class BlackBox {
  /** For the child. */
  readonly fd: number
  readonly #number = Buffer.alloc(8)
  #asked = 0

  /** @throws what the file system says if there is no place for it. */
  constructor() {
    const path = join(tmpdir(), `taskspace-${process.pid}-${randomUUID()}`)
    this.fd = openSync(path, 'wx+', 0o600)
    try {
      unlinkSync(path)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** What was written last; 0 at first. */
  read(): number {
    return this.#read(0)
  }

  /** Ask the watchdog where the code is; the number of the question. */
  askForStack(): number {
    this.#asked += 1
    this.#number.writeDoubleLE(this.#asked, 0)
    writeSync(this.fd, this.#number, 0, 8, STACK_ASKED_AT)
    return this.#asked
  }

  /** The answer to that question, or a later one; `undefined`: there is none yet. */
  stack(question: number): string | undefined {
    if (this.#read(STACK_TOLD_AT) < question) return undefined
    const text = Buffer.alloc(FRAMES_LIMIT)
    const length = readSync(this.fd, text, 0, FRAMES_LIMIT, FRAMES_AT)
    const end = text.subarray(0, length).indexOf(0)
    return stackText(JSON.parse(text.toString('utf8', 0, end < 0 ? length : end)) as readonly StackFrame[])
  }

  close(): void {
    closeSync(this.fd)
  }

  #read(at: number): number {
    return readSync(this.fd, this.#number, 0, 8, at) === 8 ? this.#number.readDoubleLE(0) : 0
  }
}
