import { InvalidArgument } from './errors/usage-errors.ts'
import { shownValue } from './shown-value.ts'

/** Units that a duration's text may end with: milliseconds, seconds, minutes, hours, days of 24 hours. */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd'

/**
 * A length of time: milliseconds, or a text such as `'30s'`, `'1.5h'`, `'200ms'`. One number and one unit: neither
 * `'1h30m'` nor a bare `'30'` is one.
 */
export type Duration = number | `${number}${DurationUnit}`

/** What an option says about the durations it takes. */
export interface DurationRule {
  /** Whether `Infinity` ("never", "for ever") is legal; default false. */
  readonly infinity?: boolean
  /** Whether 0 is refused; default false. */
  readonly positive?: boolean
}

/** Longest finite duration: 100 years. Added to any date of this age, it stays an exact integer of microseconds. */
export const MAX_DURATION_MS = 36_525 * 86_400_000

const UNIT_MS: Readonly<Record<DurationUnit, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const TEXT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/**
 * Milliseconds of a duration given as plain text, such as one from the environment:
 * `{ timeout: duration(process.env.TIMEOUT ?? '30s') }`.
 *
 * @throws InvalidArgument if the text is no duration.
 */
export function duration(text: string): number {
  if (typeof text !== 'string') throw invalidDuration('duration', text)
  return toMs(text as Duration, 'duration')
}

/**
 * Milliseconds of a duration, rounded to whole ones. `field` names the option in the error.
 *
 * @throws InvalidArgument `invalid FIELD: …` for what is negative, not a number, longer than 100 years or not a duration,
 * and for `Infinity` or 0 where the rule refuses them.
 */
export function toMs(value: Duration, field: string, rule: DurationRule = {}): number {
  const ms = typeof value === 'string' ? textMs(value) : value
  if (ms === Number.POSITIVE_INFINITY && typeof value === 'number' && rule.infinity === true) return ms
  if (typeof ms !== 'number' || !(ms >= 0 && ms <= MAX_DURATION_MS)) throw invalidDuration(field, value)

  const whole = Math.round(ms)
  if (whole === 0 && rule.positive === true) throw new InvalidArgument(field, `invalid ${field}: must be longer than 0`)
  return whole
}

function textMs(text: string): number {
  const match = TEXT.exec(text)
  return match === null ? Number.NaN : Number(match[1]) * UNIT_MS[match[2] as DurationUnit]
}

function invalidDuration(field: string, value: unknown): InvalidArgument {
  return new InvalidArgument(
    field,
    `invalid ${field}: ${shownValue(value)} is not a duration such as '30s', '5m' or 1500 (milliseconds), at most 36525d`,
  )
}
