import type { AppendAnswer, AppendEntry } from '@taskspace/core/backend'
import type { StoredNews } from './news.ts'
import { columnsOf, NO_PAYLOAD } from './payload-columns.ts'
import { escapeText } from './text-escapes.ts'

/** What `append_v1` answers. */
export interface AppendReply {
  readonly answers: readonly AppendAnswer[]
  readonly news: readonly StoredNews[]
}

/** Parameters of `append_v1` for these entries, after those of the call. */
export function appendValues(entries: readonly AppendEntry[]): readonly unknown[] {
  const outputs = entries.map(({ output }) => (output === undefined ? NO_PAYLOAD : columnsOf(output)))
  return [
    entries.map(({ id }) => escapeText(id)),
    entries.map(({ token }) => token),
    entries.map(({ progress }) => progress ?? null),
    outputs.map(({ text }) => text),
    outputs.map(({ raw }) => raw),
    entries.map(({ skipped }) => skipped ?? null),
    entries.map(({ lines }) => lines && JSON.stringify(lines.map(escapeText))),
  ]
}
