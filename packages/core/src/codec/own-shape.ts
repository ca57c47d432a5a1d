/**
 * Whether an object is plain data: its prototype is null or `Object.prototype`, that of another realm (a `vm` context,
 * as some test runners use) included.
 */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf')
}

/** Whether a value is an array and not of a subclass, from whichever realm: every `Array.prototype` is itself an array. */
export function isPlainArray(value: object): value is readonly unknown[] {
  return Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value))
}

/** Whether an object is an instance of the very class of `prototype`, with nothing of its own added to it. */
export function isBare(value: object, prototype: object): boolean {
  return Object.getPrototypeOf(value) === prototype && Object.keys(value).length === 0
}

/** Why the keys of an array show that it is more or less than a list of elements; `undefined` if it is one. */
export function arrayRefusal(array: readonly unknown[]): string | undefined {
  const keys = Object.keys(array)
  const last = keys.at(-1)
  // Indices come first and in order, so the last key tells whether there are others.
  if (last !== undefined && !isIndexOf(array, last))
    return 'an array with a named property does not travel; send a plain array'
  return keys.length < array.length
    ? 'an array with holes does not travel; fill them with undefined or null'
    : undefined
}

/** Why the keys of an object cannot all travel; `undefined` if they can. */
export function symbolRefusal(value: object): string | undefined {
  const symbols = Object.getOwnPropertySymbols(value)
  const visible = symbols.some((key) => Object.prototype.propertyIsEnumerable.call(value, key))
  return visible ? 'an object with a symbol as key does not travel; use a string' : undefined
}

function isIndexOf(array: readonly unknown[], key: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(key) && Number(key) < array.length
}
