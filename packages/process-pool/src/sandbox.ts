import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { JobHooks } from '@taskspace/core/pool'

/** A folder of a process's own, in which each of its jobs works, and which is empty before and after each. */
export class Sandbox implements JobHooks {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  beforeJob(): void {
    this.#clear()
    process.chdir(this.#path)
  }

  afterJobs(): void {
    this.#clear()
  }

  #clear(): void {
    for (const name of readdirSync(this.#path)) rmSync(join(this.#path, name), { recursive: true, force: true })
  }
}
