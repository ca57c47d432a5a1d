import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childrenOf } from '../../../tools/child-processes.ts'

/** What this program has of the system, in a folder for temporary files of its own; for the length of a scope. */
export class Leftovers {
  readonly #folder = mkdtempSync(join(tmpdir(), 'taskspace-leftovers-'))
  readonly #before = process.env.TMPDIR
  readonly #descriptors = openDescriptors()

  constructor() {
    process.env.TMPDIR = this.#folder
  }

  /** @throws if there is a file, a descriptor or a process more than there was. */
  none(): void {
    const files = readdirSync(this.#folder)
    const children = childrenOf(process.pid)
    const descriptors = openDescriptors() - this.#descriptors
    if (files.length + children.length + Math.max(0, descriptors) === 0) return
    throw new Error(`left: files ${files.join()}, processes ${children.join()}, ${descriptors} descriptors`)
  }

  [Symbol.dispose](): void {
    if (this.#before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = this.#before
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}
