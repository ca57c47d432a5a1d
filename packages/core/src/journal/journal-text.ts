import { inspect } from 'node:util'
import type { JournalLine } from '../backend/journal.ts'
import { MAX_JOURNAL_LINE_BYTES } from '../backend/limits.ts'
import type { Payload } from '../backend/payload.ts'
import { decodeValue } from '../client/decode-value.ts'
import type { Codec } from '../codec/codec.ts'
import { PayloadTooLarge } from '../errors/usage-errors.ts'
import type { JsonObject } from '../queue/call-options.ts'
import { type JobEvent, LOG_LEVELS, type LogLevel, type LogLine, type LogSource } from './job-news.ts'

/** What is stored of a log line. */
export interface LogDraft {
  readonly at: number
  readonly level: LogLevel
  readonly source: LogSource
  /** A text; what somebody gives instead is shown as it looks. */
  readonly text: unknown
  readonly fields?: JsonObject | undefined
}

/** The text of a log line as the journal keeps it; cut where it is too long. Never throws: logging must not fail a job. */
export function logText(draft: LogDraft): string {
  const text = typeof draft.text === 'string' ? draft.text : shown(draft.text)
  const fields = fieldsText(draft.fields)
  const whole = written(draft, text, fields)
  if (fits(whole)) return whole
  return shortened(draft, fields === undefined ? text : `${text} ${fields}`)
}

/** The text of an event as the journal keeps it. @throws PayloadTooLarge */
export function eventText(at: number, name: string, data: Payload | undefined): string {
  const text = JSON.stringify({ t: at, e: name, ...dataFields(data) })
  if (fits(text)) return text
  throw new PayloadTooLarge(
    `event '${name}' takes ${Buffer.byteLength(text)} bytes, more than ${MAX_JOURNAL_LINE_BYTES}`,
  )
}

/** A line of a journal as it was written. What cannot be read is shown as it is stored. @throws MalformedPayload for data. */
export function parseJournalLine({ number, text }: JournalLine, codec: Codec): LogLine | JobEvent {
  const stored = parsed(text)
  const at = new Date(typeof stored?.t === 'number' ? stored.t : Number.NaN)
  if (typeof stored?.e === 'string') return { kind: 'event', number, at, name: stored.e, data: dataOf(stored, codec) }
  const { l: level, s: source, m, f } = stored ?? {}
  return {
    ...{ kind: 'log', number, at },
    level: LOG_LEVELS.find((one) => one === level) ?? 'info',
    source: source === 'stdout' || source === 'stderr' ? source : 'log',
    text: typeof m === 'string' ? m : text,
    fields: isObject(f) ? (f as JsonObject) : undefined,
  }
}

interface Stored {
  readonly t?: unknown
  readonly e?: unknown
  readonly d?: unknown
  readonly b?: unknown
  readonly l?: unknown
  readonly s?: unknown
  readonly m?: unknown
  readonly f?: unknown
}

function written({ at, level, source }: LogDraft, text: string, fields: string | undefined): string {
  const json = JSON.stringify({ t: at, l: level, s: source, m: text })
  return fields === undefined ? json : `${json.slice(0, -1)},"f":${fields}}`
}

function fits(text: string): boolean {
  return text.length * 3 <= MAX_JOURNAL_LINE_BYTES || Buffer.byteLength(text) <= MAX_JOURNAL_LINE_BYTES
}

/** As much of the beginning as there is room for, and how much is missing. */
function shortened(draft: LogDraft, text: string): string {
  let length = Math.min(text.length, MAX_JOURNAL_LINE_BYTES)
  for (;;) {
    const short = written(draft, `${wellCut(text, length)}… (${text.length - length} more characters)`, undefined)
    if (fits(short)) return short
    length = Math.floor(Math.min(length - 1, (length * MAX_JOURNAL_LINE_BYTES) / Buffer.byteLength(short)))
  }
}

/** The beginning of a text, without half a character at its end. */
function wellCut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/** JSON of what is logged besides the text; of what JSON cannot say, what it looks like. */
function fieldsText(fields: unknown): string | undefined {
  if (fields === undefined) return undefined
  try {
    const text = isObject(fields) ? JSON.stringify(fields) : undefined
    if (text?.startsWith('{') === true) return text
  } catch {
    // JSON cannot say it, which is told below.
  }
  return JSON.stringify({ value: shown(fields) })
}

function shown(value: unknown): string {
  try {
    return inspect(value)
  } catch {
    return 'something that cannot be shown'
  }
}

function dataFields(data: Payload | undefined): Stored {
  if (data === undefined) return {}
  return typeof data === 'string' ? { d: data } : { b: Buffer.from(data).toString('base64') }
}

function dataOf({ d, b }: Stored, codec: Codec): unknown {
  if (typeof d === 'string') return decodeValue(codec, d)
  return typeof b === 'string' ? decodeValue(codec, new Uint8Array(Buffer.from(b, 'base64'))) : undefined
}

function parsed(text: string): Stored | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    // Whatever wrote it, a reader sees it.
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
