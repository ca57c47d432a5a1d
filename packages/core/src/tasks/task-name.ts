import { MAX_NAME_LENGTH } from '../backend/limits.ts'
import { InvalidName } from '../errors/usage-errors.ts'
import { shownValue } from '../shown-value.ts'

/**
 * Names that no task, namespace or part of a dotted name may have: the language, `await`, loggers and test libraries read
 * or call them by themselves, which must never enqueue a job.
 */
export const RESERVED_NAMES = [
  'then',
  'catch',
  'finally',
  'with',
  'toString',
  'valueOf',
  'toJSON',
  'toLocaleString',
  'constructor',
  '__proto__',
  'prototype',
  'inspect',
  'asymmetricMatch',
  '$$typeof',
] as const

/** One of the reserved names. */
type ReservedName = (typeof RESERVED_NAMES)[number]

/** A name with a reserved or an empty part. */
type IllegalName =
  | ''
  | ReservedName
  | `${ReservedName | ''}.${string}`
  | `${string}.${ReservedName | ''}`
  | `${string}.${ReservedName | ''}.${string}`

/** Accepts the name, or turns into the text that the compiler then shows. */
export type LegalName<Name extends string> = Name extends IllegalName ? `'${Name}' cannot be a task name` : Name

const RESERVED: ReadonlySet<string> = new Set(RESERVED_NAMES)
const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether a part of a path is reserved. */
export function isReserved(part: string): part is ReservedName {
  return RESERVED.has(part)
}

/** Whether a text holds half a character, which would come back from UTF-8 as another text. */
export function isIllFormed(text: string): boolean {
  return LONE_SURROGATE.test(text)
}

/**
 * Why a text cannot name a task or a namespace; `undefined` if it can.
 *
 * A name is 1 … 512 UTF-16 units of well-formed text; dots cut it into parts, of which none is empty or reserved. All
 * else is legal: spaces, `:`, `{}`, NUL, emoji.
 */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.length > MAX_NAME_LENGTH) return `is longer than ${MAX_NAME_LENGTH} characters`
  if (isIllFormed(name)) return 'holds half a character (a lone surrogate)'
  const parts = name.split('.')
  if (parts.includes('')) return 'has an empty part'
  const reserved = parts.find(isReserved)
  return reserved === undefined ? undefined : `is reserved: '${reserved}' cannot be part of a name`
}

/**
 * Check the name of a task or namespace; `what` says which in the error.
 *
 * @throws InvalidName
 */
export function checkName(name: unknown, what: string): asserts name is string {
  const problem = typeof name === 'string' ? nameProblem(name) : 'is not a string'
  if (problem !== undefined) throw new InvalidName(`${what} ${shownValue(name)} ${problem}`)
}

/**
 * The name under which a function given without one is exposed: its own, less the `bound ` of a bound method.
 *
 * @throws InvalidName if it has none.
 */
export function nameOfFunction(fn: { readonly name: string }): string {
  const name = fn.name.replace(/^(?:bound )+/, '')
  if (name === '') throw new InvalidName('the function has no name: give one, as in space.task(name, fn)')
  return name
}
