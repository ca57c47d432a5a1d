import { isJsonNumber } from './primitive-text.ts'

/**
 * What is left of `budget` after the characters that the JSON text of a value has at least; negative if JSON alone
 * would not bring the value back as it is, or if the text is longer than the budget.
 *
 * Stops at the first doubt: a cyclic value costs `depth` steps, one that repeats its parts exponentially `budget`.
 * An accessor counts as the value it gives.
 */
export function plainBudget(value: unknown, depth: number, budget: number): number {
  switch (typeof value) {
    case 'string':
      return budget - value.length - 2
    case 'number':
      return isJsonNumber(value) ? budget - 1 : -1
    case 'boolean':
      return budget - 4
    case 'object':
      return value === null ? budget - 4 : containerBudget(value, depth, budget - 1)
    default:
      return -1
  }
}

function containerBudget(value: object, depth: number, budget: number): number {
  if (depth === 0) return -1
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Array.prototype && Array.isArray(value)) return arrayBudget(value, depth - 1, budget)
  if (prototype !== Object.prototype && prototype !== null) return -1
  if (Object.getOwnPropertySymbols(value).length > 0) return -1
  return recordBudget(value as Record<string, unknown>, depth - 1, budget)
}

function arrayBudget(array: readonly unknown[], depth: number, budget: number): number {
  const { length } = array
  // Fewer keys than elements: a hole. More: a property with a name, as a RegExp match has.
  if (Object.keys(array).length !== length) return -1
  return elementsBudget(array, length, depth, budget)
}

/** The same for the first `length` elements of a list alone, whatever else the list has. */
export function elementsBudget(array: readonly unknown[], length: number, depth: number, budget: number): number {
  let left = budget
  for (let index = 0; index < length && left >= 0; index += 1) {
    left = plainBudget(array[index], depth, left - 1)
  }
  return left
}

function recordBudget(record: Record<string, unknown>, depth: number, budget: number): number {
  let left = budget
  // for…in is twice as fast as a list of keys; a key inherited from a polluted prototype can only raise a doubt.
  for (const key in record) {
    left = plainBudget(record[key], depth, left - key.length - 4)
    if (left < 0) return left
  }
  return left
}
