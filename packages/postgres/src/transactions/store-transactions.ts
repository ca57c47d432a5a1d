import {
  type Completion,
  type EnqueueAnswer,
  InvalidArgument,
  LeaseLost,
  type NewJob,
  type TransactionStatement,
  type TransactionStatements,
} from '@taskspace/core/backend'
import type { PostgresLink } from '../connection/postgres-link.ts'
import { withSchema } from '../migrate/schema-name.ts'
import { enqueueValues, type StoredAnswer } from '../operations/enqueue.ts'
import { columnsOf } from '../operations/payload-columns.ts'
import { escapeText, unescapeText } from '../operations/text-escapes.ts'

/** Leaves a mark that outlives the statement only inside a transaction: so the functions know that they are in one. */
const MARK = { text: "SELECT set_config('taskspace.inside', '1', true) AS reply", values: [] }

/** Statements that users perform in their own transactions: functions of the schema that take and answer text. */
export class StoreTransactions implements TransactionStatements {
  readonly #link: PostgresLink
  readonly #namespace: () => number

  constructor(link: PostgresLink, namespace: () => number) {
    this.#link = link
    this.#namespace = namespace
  }

  enqueue(session: string, jobs: readonly NewJob[]): readonly TransactionStatement[] {
    const [ids, tasks, queues, inputs, raws, priorities, delays, runAts, replies, options, relations] =
      enqueueValues(jobs)
    const request = {
      ...this.#store(),
      session: escapeText(session),
      ...{ ids, tasks, queues, inputs, priorities, delays, runAts, replies, options, relations },
      raws: (raws as readonly (Buffer | null)[] | null)?.map((raw) => raw?.toString('base64') ?? null) ?? null,
    }
    const { channel, payload } = this.#link.readyNotification(jobs.map(({ queue }) => queue))
    const text = withSchema(
      'SELECT @schema@.enqueue_inside_v1($1::text, $2::text, $3::text) AS reply',
      this.#link.schema,
    )
    return [MARK, { text, values: [JSON.stringify(request), channel, payload] }]
  }

  enqueued(rows: readonly unknown[]): readonly EnqueueAnswer[] {
    const [row] = rows as readonly { readonly reply: string }[]
    const stored = JSON.parse(row?.reply ?? '') as readonly StoredAnswer[]
    return stored.map(answerOf)
  }

  complete({ id, token, value, resultTtlMs }: Completion): readonly TransactionStatement[] {
    const { text: inText, raw } = columnsOf(value)
    const request = {
      ...this.#store(),
      id: escapeText(id),
      token,
      text: inText,
      raw: raw?.toString('base64') ?? null,
      ttl: resultTtlMs === undefined ? null : String(resultTtlMs),
    }
    const text = withSchema('SELECT @schema@.complete_inside_v1($1::text) AS reply', this.#link.schema)
    return [MARK, { text, values: [JSON.stringify(request)] }]
  }

  failure(error: unknown): unknown {
    const { code, message, detail } = error as Error & { readonly code?: unknown; readonly detail?: string }
    if (code === 'TS006') return new LeaseLost(unescapeText(detail ?? ''))
    const reason = REASONS[String(code)]
    if (reason === undefined) return error
    return new InvalidArgument('tx', `invalid tx: ${reason ?? message}`, { cause: error })
  }

  #store(): { readonly store: string; readonly ns: number } {
    return { store: this.#link.storeId, ns: this.#namespace() }
  }
}

function answerOf(stored: StoredAnswer): EnqueueAnswer {
  if (stored === null) return 'ok'
  return typeof stored === 'object' && 'about' in stored ? { ...stored, about: unescapeText(stored.about) } : stored
}

const ELSEWHERE = 'it is a transaction of another database, which has no such store'

/** Errors that say what is wrong with the transaction; null where the message itself does. All others are the user's. */
const REASONS: Readonly<Record<string, string | null>> = {
  TS007: null,
  '25P02': 'an earlier error has aborted it',
  '3F000': ELSEWHERE,
  '42883': ELSEWHERE,
}
