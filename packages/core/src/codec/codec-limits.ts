import { InvalidArgument } from '../errors/usage-errors.ts'

/** What a payload may cost. Every process of one namespace should have the same limits. */
export interface CodecLimits {
  /** Largest payload, encoded, in bytes; default 32 MB. */
  readonly maxPayloadBytes: number
  /** Most containers inside each other; default 500, which the default stack bears with room to spare. */
  readonly maxDepth: number
}

const defaults: CodecLimits = { maxPayloadBytes: 32 * 1024 * 1024, maxDepth: 500 }

/** Limits with the defaults for what is not given; `InvalidArgument` for what is no whole number above 0. */
export function codecLimits(given: Partial<CodecLimits> = {}): CodecLimits {
  return {
    maxPayloadBytes: wholeNumber('maxPayloadBytes', given.maxPayloadBytes ?? defaults.maxPayloadBytes),
    maxDepth: wholeNumber('maxDepth', given.maxDepth ?? defaults.maxDepth),
  }
}

function wholeNumber(field: keyof CodecLimits, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgument(field, `${field} must be a whole number above 0, not ${value}`)
}
