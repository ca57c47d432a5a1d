import type { Payload } from '@taskspace/core/backend'

/** Leads raw bytes: what they are. */
const BYTES = 0
const TEXT = 1

/** A payload in two columns: text where it can be, else bytes led by what they are. */
export interface PayloadColumns {
  readonly text: string | null
  readonly raw: Buffer | null
}

/** No payload. */
export const NO_PAYLOAD: PayloadColumns = { text: null, raw: null }

/** What a column of a call's items has; null for nothing at all, as the store reads that, and which costs nothing. */
export function column<T>(values: readonly (T | null)[]): readonly (T | null)[] | null {
  return values.some((value) => value !== null) ? values : null
}

/** The columns of a payload. */
export function columnsOf(payload: Payload): PayloadColumns {
  if (typeof payload !== 'string') return { text: null, raw: Buffer.concat([Buffer.of(BYTES), payload]) }
  if (!payload.includes('\0')) return { text: payload, raw: null }
  return { text: null, raw: Buffer.concat([Buffer.of(TEXT), Buffer.from(payload)]) }
}

/** The payload of columns, the raw one as base64. */
export function payloadOf(text: string | null, raw: string | null | undefined): Payload {
  if (text !== null) return text
  const bytes = Buffer.from(raw ?? '', 'base64')
  const content = bytes.subarray(1)
  return bytes[0] === TEXT ? content.toString() : new Uint8Array(content)
}
