import type { Call } from '@taskspace/core/backend'
import type { Channel, PostgresLink } from '../connection/postgres-link.ts'
import { withSchema } from '../migrate/schema-name.ts'
import { escapeText } from './text-escapes.ts'

/** Calls functions of the schema: each answers one JSON text, or null. */
export class StoreFunctions {
  readonly #link: PostgresLink
  readonly #statements = new Map<string, string>()

  constructor(link: PostgresLink) {
    this.#link = link
  }

  /** One call; `undefined` where it answered null. */
  async call<Reply>(name: string, values: readonly unknown[], channel: Channel = 'data'): Promise<Reply | undefined> {
    const [row] = await this.#link.call<{ readonly reply: string | null }>(
      channel,
      this.#statement(name, values),
      values,
    )
    return row?.reply == null ? undefined : (JSON.parse(row.reply) as Reply)
  }

  /** One call that always answers something. */
  async ask<Reply>(name: string, values: readonly unknown[], channel?: Channel): Promise<Reply> {
    const reply = await this.call<Reply>(name, values, channel)
    if (reply === undefined) throw new Error(`${name} of schema '${this.#link.schema}' answered nothing`)
    return reply
  }

  #statement(name: string, values: readonly unknown[]): string {
    const known = this.#statements.get(name)
    if (known !== undefined) return known
    const places = values.map((_, index) => `$${index + 1}`).join(', ')
    const statement = withSchema(`SELECT @schema@.${name}(${places}) AS reply`, this.#link.schema)
    this.#statements.set(name, statement)
    return statement
  }
}

/** The parameters that name the call which a call is to follow. */
export function afterValues({ after }: Call): readonly unknown[] {
  return [after?.lane ?? null, after?.number ?? null]
}

/** The parameters that name a call. */
export function callValues(namespace: number, { session, epoch, lane, number }: Call): readonly unknown[] {
  return [namespace, escapeText(session), epoch, lane, number]
}
