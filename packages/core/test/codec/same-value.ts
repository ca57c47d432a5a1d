import { isDeepStrictEqual } from 'node:util'

/**
 * Whether two values are deeply and strictly equal, with the members of Sets and Maps in the same order.
 * (Node's own comparison of Sets errs where one object is in both and another equals it.)
 */
export function isSameValue(first: unknown, second: unknown): boolean {
  return isDeepStrictEqual(inLists(first), inLists(second))
}

function inLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Set) return { set: [...value].map(inLists) }
  if (value instanceof Map) return { map: [...value].map(([key, inner]) => [inLists(key), inLists(inner)]) }
  if (value instanceof Error) return { error: Object.getPrototypeOf(value), parts: ownParts(value) }
  if (Array.isArray(value) && Object.keys(value).length === value.length) return value.map(inLists)
  return Object.getPrototypeOf(value) === Object.prototype ? ownParts(value) : value
}

function ownParts(value: object): unknown {
  return Object.getOwnPropertyNames(value).map((name) => [name, inLists((value as Record<string, unknown>)[name])])
}
