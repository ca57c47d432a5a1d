import { MAX_FAILURE_TEXT_BYTES } from '../backend/limits.ts'
import { property } from '../property.ts'
import { shownValue } from '../shown-value.ts'

/** What is told of a thrown value, each part bounded; reading it runs getters, none of which can do harm. */
export interface Thrown {
  /** Class of the error, such as `RangeError`; absent if it is none. */
  readonly name: string | undefined
  /** `TYPE: message` (WQ-44), or what else was thrown. */
  readonly text: string
  readonly stack: string | undefined
}

const MAX_NAME = 200
const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

/** Describe anything that can be thrown. Never throws. */
export function describeThrown(thrown: unknown): Thrown {
  const message = isObject(thrown) ? property(thrown, 'message') : undefined
  if (!isObject(thrown) || typeof message !== 'string') {
    return { name: undefined, text: boundedText(`thrown: ${shownValue(thrown)}`), stack: undefined }
  }
  const name = nameOf(thrown)
  const stack = property(thrown, 'stack')
  return {
    name,
    text: boundedText(`${name}: ${message}`),
    stack: typeof stack === 'string' ? boundedText(stack) : undefined,
  }
}

/** The text, well formed and cut to what a failure record holds. */
export function boundedText(text: string): string {
  // No UTF-16 unit takes more than three bytes, and most texts are far from the limit.
  if (text.length * 3 <= MAX_FAILURE_TEXT_BYTES && !/\p{Surrogate}/u.test(text)) return text
  const bytes = new Uint8Array(MAX_FAILURE_TEXT_BYTES)
  const { written } = ENCODER.encodeInto(text, bytes)
  return DECODER.decode(bytes.subarray(0, written))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

// A class without a `name` of its own inherits 'Error': its constructor knows better.
function nameOf(error: object): string {
  const name = property(error, 'name')
  const own = typeof name === 'string' && name !== '' ? name : 'Error'
  if (own !== 'Error') return own.slice(0, MAX_NAME)
  const maker = property(error, 'constructor')
  const made = typeof maker === 'function' ? property(maker, 'name') : undefined
  return (typeof made === 'string' && made !== '' && made !== 'Object' ? made : own).slice(0, MAX_NAME)
}
