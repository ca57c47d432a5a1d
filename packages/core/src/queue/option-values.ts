import { MAX_NAME_LENGTH } from '../backend/limits.ts'
import type { StoredBackoff } from '../backend/new-job.ts'
import { type Duration, toMs } from '../duration.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import { shownValue } from '../shown-value.ts'
import type { BackoffOptions, ExponentialBackoff } from '../tasks/backoff.ts'
import { isIllFormed } from '../tasks/task-name.ts'

/** Most tags of one job. */
const MAX_TAGS = 100

/** Most retries and crashes that can be allowed, and what `Infinity` stands for. */
const MAX_COUNT = 2_147_483_647

/** Error about an option's value: `invalid FIELD: VALUE REASON`. */
export function invalidOption(field: string, value: unknown, reason: string): InvalidArgument {
  return new InvalidArgument(field, `invalid ${field}: ${shownValue(value)} ${reason}`)
}

/** Refuse what is not an object of options, and options that do not exist. */
export function checkOptionNames(
  options: unknown,
  what: string,
  known: ReadonlySet<string>,
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(what, options, 'is not an object of options')
  }
  const unknown = Object.keys(options).find((name) => !known.has(name))
  if (unknown === undefined) return
  throw new InvalidArgument(
    unknown,
    `unknown option ${shownValue(unknown)} in ${what}; known are ${[...known].join(', ')}`,
  )
}

/** A priority: any 32-bit integer. */
export function parsePriority(value: unknown): number {
  if (typeof value === 'number' && (value | 0) === value) return value + 0
  throw invalidOption('priority', value, 'is not a 32-bit integer')
}

/** How often something may happen: an integer from `least`, or `Infinity`. */
export function parseCount(field: string, value: unknown, least: number): number {
  if (value === Number.POSITIVE_INFINITY) return MAX_COUNT
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_COUNT) return value as number
  throw invalidOption(field, value, `is neither an integer from ${least} up to ${MAX_COUNT} nor Infinity`)
}

/** Labels, in the order given, each once. */
export function parseTags(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw invalidOption('tags', value, 'is not an array of strings')
  if (value.length > MAX_TAGS) throw invalidOption('tags', value, `holds more than ${MAX_TAGS} tags`)
  for (const tag of value) checkLabel('tags', tag)
  return Object.freeze([...new Set<string>(value)])
}

/** Check an id or a tag: 1 … 512 UTF-16 units of well-formed text. */
export function checkLabel(field: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw invalidOption(field, value, 'is not a string')
  if (value === '') throw invalidOption(field, value, 'is empty')
  if (value.length > MAX_NAME_LENGTH) throw invalidOption(field, value, `is longer than ${MAX_NAME_LENGTH} characters`)
  if (isIllFormed(value)) throw invalidOption(field, value, 'holds half a character (a lone surrogate)')
}

/** One of a few words. */
export function parseWord<const W extends string>(field: string, value: unknown, words: readonly W[]): W {
  const word = words.find((one) => one === value)
  if (word !== undefined) return word
  throw invalidOption(field, value, `is none of ${words.map((one) => `'${one}'`).join(', ')}`)
}

/** Back-off in its data form. */
export function parseBackoff(value: BackoffOptions): StoredBackoff {
  if (typeof value !== 'object' || value === null) {
    return Object.freeze({ type: 'fixed', delayMs: toMs(value, 'backoff') })
  }
  checkOptionNames(value, 'backoff', BACKOFF_OPTIONS)
  const type = parseWord('backoff.type', value.type, ['fixed', 'exponential'])
  const { max } = value
  if (type === 'fixed' && max !== undefined) throw invalidOption('backoff.max', max, "needs type 'exponential'")
  return Object.freeze({
    type,
    delayMs: toMs(value.delay, 'backoff.delay'),
    ...(max !== undefined && { maxMs: toMs(max, 'backoff.max') }),
    ...(value.jitter !== undefined && { jitter: parseJitter(value.jitter) }),
  })
}

const BACKOFF_OPTIONS: ReadonlySet<string> = new Set<keyof ExponentialBackoff>(['type', 'delay', 'max', 'jitter'])

function parseJitter(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw invalidOption('backoff.jitter', value, 'is not a number from 0 to 1')
}

/** How long a result is kept; `Infinity` is for ever. */
export function parseResultTtl(value: Duration): number {
  return toMs(value, 'resultTtl', { infinity: true })
}

/** Longest run of one attempt. */
export function parseTimeout(value: Duration): number {
  return toMs(value, 'timeout', { positive: true })
}
