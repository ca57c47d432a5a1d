import { MalformedPayload } from '../errors/usage-errors.ts'
import type { HolePath } from './holes.ts'

/**
 * What stands beside the data of a value that plain JSON cannot keep. The data is `json` alone: nothing in it is
 * special, whatever it looks like.
 */
export interface Envelope {
  readonly json: unknown
  /** superjson's annotations (version 1) of the places in `json` that are more than JSON. */
  readonly values?: unknown
  /** Places of each Deferred. */
  readonly holes?: readonly (readonly HolePath[])[]
  /** Lengths of the chunks of bytes that follow the text in a frame. */
  readonly chunks?: readonly number[]
}

const keys: ReadonlySet<string> = new Set<keyof Envelope>(['json', 'values', 'holes', 'chunks'])

/** The envelope in a text; `MalformedPayload` if its form is wrong. What `json` and `values` hold is not looked at. */
export function parseEnvelope(text: string): Envelope {
  const parsed = parseJson(text)
  if (typeof parsed !== 'object' || parsed === null || !('json' in parsed)) throw malformed('no data')
  if (!Object.keys(parsed).every((key) => keys.has(key))) throw malformed('an unknown field')
  const { json, values, holes, chunks } = parsed as Readonly<Record<keyof Envelope, unknown>>
  return {
    json,
    ...(values === undefined ? {} : { values }),
    ...(holes === undefined ? {} : { holes: checkedHoles(holes) }),
    ...(chunks === undefined ? {} : { chunks: checkedChunks(chunks) }),
  }
}

/** `JSON.parse`, with an error of ours. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MalformedPayload('the payload is not well-formed JSON', { cause })
  }
}

function checkedHoles(holes: unknown): (readonly HolePath[])[] {
  if (!Array.isArray(holes) || !holes.every(isListOfPaths)) throw malformed('no list of holes where one must be')
  return holes
}

function isListOfPaths(places: unknown): places is readonly HolePath[] {
  return Array.isArray(places) && places.length > 0 && places.every(isPath)
}

function isPath(path: unknown): path is HolePath {
  if (!Array.isArray(path) || path.length === 0) return false
  return path.every((key) => typeof key === 'string' || typeof key === 'number')
}

function checkedChunks(chunks: unknown): number[] {
  const isLength = (length: unknown) => Number.isSafeInteger(length) && (length as number) >= 0
  if (!Array.isArray(chunks) || !chunks.every(isLength)) throw malformed('no list of chunks where one must be')
  return chunks
}

function malformed(what: string): MalformedPayload {
  return new MalformedPayload(`the envelope of the payload has ${what}`)
}
