import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A file without a name that a child writes to before each job: which one it is is known also when the child is stuck, or
 * dead without a word.
 */
export class BlackBox {
  /** For the child. */
  readonly fd: number
  readonly #number = Buffer.alloc(8)

  /** @throws what the file system says if there is no place for it. */
  constructor() {
    const path = join(tmpdir(), `taskspace-${process.pid}-${randomUUID()}`)
    this.fd = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
  }

  /** What was written last; 0 at first. */
  read(): number {
    return readSync(this.fd, this.#number, 0, 8, 0) === 8 ? this.#number.readDoubleLE(0) : 0
  }

  close(): void {
    closeSync(this.fd)
  }
}
