import { InvalidArgument } from '../errors/usage-errors.ts'

/** What a payload may cost. Every process of one namespace should have the same limits. */
export interface CodecLimits {
  /** Largest payload, encoded, in bytes; default 32 MB, at most 256 MB, which is what a string bears. */
  readonly maxPayloadBytes: number
  /** Most containers inside each other; default 500, at most 1000, which is what the default stack bears. */
  readonly maxDepth: number
}

const defaults: CodecLimits = { maxPayloadBytes: 32 * 1024 * 1024, maxDepth: 500 }
const highest: CodecLimits = { maxPayloadBytes: 256 * 1024 * 1024, maxDepth: 1000 }

/** Limits with the defaults for what is not given; `InvalidArgument` for what is no whole number in its range. */
export function codecLimits(given: Partial<CodecLimits> = {}): CodecLimits {
  return {
    maxPayloadBytes: wholeNumber('maxPayloadBytes', given.maxPayloadBytes ?? defaults.maxPayloadBytes),
    maxDepth: wholeNumber('maxDepth', given.maxDepth ?? defaults.maxDepth),
  }
}

function wholeNumber(field: keyof CodecLimits, value: number): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= highest[field]) return value
  throw new InvalidArgument(field, `${field} must be a whole number from 1 to ${highest[field]}, not ${value}`)
}
