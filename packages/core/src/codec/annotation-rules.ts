import { MOST_BIGINT_BITS } from './leaf-refusal.ts'
import type { Tag } from './tagged-superjson.ts'

/** What an annotation may stand on. */
export interface AnnotationRule {
  /** Whether the JSON under it is what superjson would have written. */
  readonly fits: (json: unknown) => boolean
  /** Whether parts of that JSON may be annotated in turn. */
  readonly hasParts: boolean
}

const MOST_BIGINT_DIGITS = Math.ceil(MOST_BIGINT_BITS * Math.log10(2)) + 1
const INTEGER = /^-?\d+$/
const ISO_TIME = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const ODD_NUMBERS: readonly unknown[] = ['NaN', 'Infinity', '-Infinity', '-0']

const byType = new Map<string, AnnotationRule>([
  ['undefined', { fits: (json) => json === null, hasParts: false }],
  ['bigint', { fits: isBigintText, hasParts: false }],
  ['number', { fits: (json) => ODD_NUMBERS.includes(json), hasParts: false }],
  ['Date', { fits: isIsoTime, hasParts: false }],
  ['URL', { fits: (json) => typeof json === 'string' && URL.canParse(json), hasParts: false }],
  ['set', { fits: Array.isArray, hasParts: true }],
  ['map', { fits: isListOfPairs, hasParts: true }],
])

const byTag = new Map<string, AnnotationRule>(
  Object.entries({
    record: { fits: isListOfPairs, hasParts: true },
    binary: { fits: isPair, hasParts: false },
    Error: { fits: isObject, hasParts: true },
    TaskFailure: { fits: isObject, hasParts: true },
  } satisfies Record<Tag, AnnotationRule>),
)

/**
 * The rule of an annotation. `undefined` for those that are not on the list: `regexp`, `typed-array`, `class`,
 * `symbol`, superjson's own `Error`, and whatever a later version may invent.
 */
export function ruleOf(type: unknown): AnnotationRule | undefined {
  if (typeof type === 'string') return byType.get(type)
  if (!Array.isArray(type) || type.length !== 2 || type[0] !== 'custom') return undefined
  return typeof type[1] === 'string' ? byTag.get(type[1]) : undefined
}

/** Whether an annotation is that of binary data. */
export function isBinaryType(type: unknown): boolean {
  return Array.isArray(type) && type[1] === ('binary' satisfies Tag)
}

function isBigintText(json: unknown): boolean {
  return typeof json === 'string' && json.length <= MOST_BIGINT_DIGITS && INTEGER.test(json)
}

function isIsoTime(json: unknown): boolean {
  return typeof json === 'string' && json.length < 30 && ISO_TIME.test(json) && !Number.isNaN(Date.parse(json))
}

function isListOfPairs(json: unknown): boolean {
  return Array.isArray(json) && json.every(isPair)
}

function isPair(json: unknown): boolean {
  return Array.isArray(json) && json.length === 2
}

function isObject(json: unknown): boolean {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
