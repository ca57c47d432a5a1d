import { isUnescaped } from './primitive-text.ts'

/**
 * Whether an object with this key travels as a list of entries, where it needs more than JSON: superjson refuses three
 * names, and escapes dots in its paths, which are keys of JSON themselves (see `isEscapedKey`).
 */
export function isAwkwardKey(key: string): boolean {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype' || key.includes('.')) return true
  return isEscapedKey(key)
}

/**
 * Whether JSON writes a key with escapes. V8 (as of Node 24) can read such a key as another one: where a shape it has
 * seen goes on with a key that begins with a backslash, it takes an escape for that backslash.
 */
function isEscapedKey(key: string): boolean {
  return !isUnescaped(key) && JSON.stringify(key).length > key.length + 2
}

/** Whether an object anywhere in plain data has a key that JSON writes with escapes. */
export function hasEscapedKeys(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasEscapedKeys)
  return Object.entries(value).some(([key, inner]) => isEscapedKey(key) || hasEscapedKeys(inner))
}
