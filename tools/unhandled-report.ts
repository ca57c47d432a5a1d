import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'

/** An error that came outside of all tests, as the file names it. */
interface UnhandledError {
  readonly name: string
  readonly text: string
}

/**
 * Writes down errors that came outside of all tests: a run fails by them though each of its tests has passed, and the
 * reports in JSON are silent about them.
 */
export class UnhandledReport implements Reporter {
  readonly #file: string
  #root = '.'

  /** @param file path from the project's folder */
  constructor(file: string) {
    this.#file = file
  }

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root
  }

  onTestRunEnd(_: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = join(this.#root, this.#file)
    const found = errors.map(
      ({ name, message, stack }): UnhandledError => ({ name: name ?? 'Error', text: stack ?? message }),
    )
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(found))
  }
}
