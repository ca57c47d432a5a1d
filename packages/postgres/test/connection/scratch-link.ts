import { randomBytes } from 'node:crypto'
import { inject, onTestFinished } from 'vitest'
import { PgLink } from '../../src/connection/pg-link.ts'
import type { LinkListener } from '../../src/connection/postgres-link.ts'
import { type PostgresStoreOptions, parsePostgresOptions } from '../../src/connection/postgres-options.ts'

/** A link with a namespace of its own, to a store that needs no schema; closed when the test ends. */
export function scratchLink(options: PostgresStoreOptions & { readonly namespace?: string } = {}): PgLink {
  const { namespace = randomBytes(6).toString('hex'), ...store } = options
  const elsewhere = store.url ?? store.connection ?? store.pool
  const setup = parsePostgresOptions(elsewhere === undefined ? { ...store, url: inject('postgresUrl') } : store)
  const link = new PgLink({ setup, namespace, prepareStore: async () => 'scratch' })
  onTestFinished(() => link.close())
  return link
}

/** What a session was told, in order, and a way to wait for the next of it. */
export class Diary implements LinkListener {
  readonly entries: string[] = []
  #waiting: (() => void)[] = []

  message(text: string): void {
    this.#write(text)
  }

  restored(): void {
    this.#write('restored')
  }

  poll(): void {
    this.#write('poll')
  }

  /** Resolves once there is such an entry. */
  async until(entry: string): Promise<void> {
    while (!this.entries.includes(entry)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #write(entry: string): void {
    this.entries.push(entry)
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
