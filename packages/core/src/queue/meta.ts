import { InvalidArgument, MalformedPayload } from '../errors/usage-errors.ts'
import { shownValue } from '../shown-value.ts'
import type { JsonObject, JsonValue } from './call-options.ts'

/** Largest `meta` of a job, in bytes of its JSON. */
export const MAX_META_BYTES = 64 * 1024

const MAX_DEPTH = 100

/**
 * The JSON text of a job's `meta` (RW-23).
 *
 * @throws InvalidArgument `invalid meta: …` naming the path of what JSON cannot say, or if it is too large.
 */
export function metaText(meta: unknown): string {
  if (!isPlainObject(meta)) throw notJson('meta', meta)
  const text = JSON.stringify(copied(meta, { path: 'meta', depth: 0, left: { values: MAX_META_BYTES } }))
  if (Buffer.byteLength(text) <= MAX_META_BYTES) return text
  throw tooLarge()
}

/** The `meta` of a stored job; an empty object if it has none. @throws MalformedPayload if it is no object of JSON. */
export function parseMeta(text: string | undefined): JsonObject {
  if (text === undefined) return NO_META
  const meta = parsed(text)
  if (typeof meta === 'object' && meta !== null && !Array.isArray(meta)) return meta as JsonObject
  throw new MalformedPayload('the meta of the job is no object of JSON')
}

const NO_META: JsonObject = Object.freeze({})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MalformedPayload('the meta of the job is not well-formed JSON', { cause })
  }
}

interface Place {
  readonly path: string
  readonly depth: number
  /** How many more values there may be: each takes a byte, and parts that stand in many places count in each. */
  readonly left: { values: number }
}

// A copy holds data only, so that JSON.stringify meets no getter and no toJSON.
function copied(value: unknown, { path, depth, left }: Place): JsonValue {
  left.values -= 1
  if (left.values < 0) throw tooLarge()
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (depth === MAX_DEPTH)
    throw new InvalidArgument('meta', `invalid meta: deeper than ${MAX_DEPTH} levels, or a cycle`)
  const at = (step: string): Place => ({ path: path + step, depth: depth + 1, left })
  if (Array.isArray(value)) return Array.from(value, (item, index) => copied(item, at(`[${index}]`)))
  if (!isPlainObject(value)) throw notJson(path, value)

  const entries = Object.entries(value).map(([key, item]) => [key, copied(item, at(`.${key}`))])
  return Object.fromEntries(entries) as JsonValue
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function tooLarge(): InvalidArgument {
  return new InvalidArgument('meta', `invalid meta: larger than ${MAX_META_BYTES} bytes of JSON`)
}

function notJson(path: string, value: unknown): InvalidArgument {
  const place = path.length > 200 ? `${path.slice(0, 200)}…` : path
  const expected = path === 'meta' ? 'an object of JSON' : 'JSON'
  return new InvalidArgument('meta', `invalid meta: ${place} is ${shownValue(value)}, not ${expected}`)
}
