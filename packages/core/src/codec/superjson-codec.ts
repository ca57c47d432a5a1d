import { exceeds, type Payload, payloadSize } from '../backend/payload.ts'
import { MalformedPayload, PayloadTooLarge } from '../errors/usage-errors.ts'
import type { Codec, EncodedArguments } from './codec.ts'
import { type CodecLimits, codecLimits } from './codec-limits.ts'
import { parseJson } from './envelope.ts'
import { Holes } from './holes.ts'
import { isWithinDepth } from './json-depth.ts'
import { plainListText, plainText } from './plain-text.ts'
import { parsePrimitive, parseSingleList, primitiveListText, primitiveText } from './primitive-text.ts'
import { decodeEnvelope, decodeFrame, holeMismatch, holesIn } from './tagged-decoding.ts'
import { ENVELOPE_MARK, encodeTagged } from './tagged-encoding.ts'

/** The payload of `undefined`, which most results are; no JSON text. */
const UNDEFINED = 'u'

const NO_ARGUMENTS = '[]'

const ENVELOPE_CODE = ENVELOPE_MARK.charCodeAt(0)
const NO_DEFERREDS: EncodedArguments['deferreds'] = []

/**
 * The codec that every broker has unless given another: JSON wherever JSON gives the value back as it is, superjson
 * behind a guard for the rest, bytes as bytes.
 *
 * Carried: what JSON carries, `undefined`, NaN, infinities, -0, bigint (up to 16,384 bits), Date, URL, Map, Set,
 * typed arrays, Buffer, ArrayBuffer, the built-in errors with all their own properties, `TaskFailure` and its
 * subclasses. Anything else is `NotSerializable`. Values are trees: an object in two places arrives as two, a cycle is
 * refused. Of an object its enumerable properties travel, of an accessor what it gives; prototypes are not kept.
 */
export class SuperjsonCodec implements Codec {
  readonly name = 'superjson'
  readonly #limits: CodecLimits

  /** @throws InvalidArgument for a limit that is no whole number in its range. */
  constructor(limits: Partial<CodecLimits> = {}) {
    this.#limits = codecLimits(limits)
  }

  encode(value: unknown, root = 'value'): Payload {
    if (value === undefined) return UNDEFINED
    const text = primitiveText(value) ?? plainText(value, this.#limits)
    return this.#withinLimit(text ?? encodeTagged({ value, root, limits: this.#limits }), root)
  }

  decode(payload: Payload): unknown {
    if (payload === UNDEFINED) return undefined
    if (typeof payload !== 'string') return this.#decodeTagged(payload, [])
    return parsePrimitive(payload, 0, payload.length) ?? this.#decodeText(payload, [])
  }

  encodeArguments(args: readonly unknown[]): EncodedArguments {
    const length = lengthWithoutTail(args)
    const text = primitiveListText(args, length) ?? plainListText(args, length, this.#limits)
    if (text === undefined) return this.#encodeTaggedArguments(args.slice(0, length))
    return { payload: this.#withinLimit(text, 'arguments'), deferreds: NO_DEFERREDS }
  }

  decodeArguments(payload: Payload, values: readonly unknown[]): unknown[] {
    const list = this.#decodeList(payload, values)
    if (!Array.isArray(list)) throw new MalformedPayload('the payload is no list of arguments')
    return list
  }

  countHoles(payload: Payload): number {
    this.#refuseTooLarge(payload)
    if (typeof payload === 'string' && payload.charCodeAt(0) !== ENVELOPE_CODE) return 0
    return holesIn(payload)
  }

  #decodeList(payload: Payload, values: readonly unknown[]): unknown {
    if (typeof payload !== 'string') return this.#decodeTagged(payload, values)
    if (values.length > 0) return this.#decodeText(payload, values)
    if (payload === NO_ARGUMENTS) return []
    return parseSingleList(payload) ?? this.#decodeText(payload, values)
  }

  #encodeTaggedArguments(args: readonly unknown[]): EncodedArguments {
    const holes = new Holes()
    const payload = encodeTagged({ value: args, root: 'arguments', limits: this.#limits, holes })
    return { payload: this.#withinLimit(payload, 'arguments'), deferreds: holes.deferreds }
  }

  #decodeText(text: string, values: readonly unknown[]): unknown {
    if (text.charCodeAt(0) === ENVELOPE_CODE) return this.#decodeTagged(text, values)
    const { maxDepth } = this.#limits
    if (values.length > 0) throw holeMismatch(0, values.length)
    this.#refuseTooLarge(text)
    const value = parseJson(text)
    // A text opens at most as many containers as half its length: most texts are too short to be too deep.
    if (text.length > 2 * maxDepth && !isWithinDepth(value, maxDepth)) {
      throw new MalformedPayload('the payload is nested too deep')
    }
    return value
  }

  #decodeTagged(payload: Payload, values: readonly unknown[]): unknown {
    this.#refuseTooLarge(payload)
    try {
      if (typeof payload === 'string') return decodeEnvelope(payload.slice(1), values, this.#limits)
      return decodeFrame(payload, values, this.#limits)
    } catch (cause) {
      if (cause instanceof MalformedPayload) throw cause
      throw new MalformedPayload('the payload cannot be decoded', { cause })
    }
  }

  #refuseTooLarge(payload: Payload): void {
    const { maxPayloadBytes } = this.#limits
    if (!exceeds(payload, maxPayloadBytes)) return
    throw new MalformedPayload(`the payload is larger than ${maxPayloadBytes} bytes`)
  }

  #withinLimit(payload: Payload, root: string): Payload {
    const { maxPayloadBytes } = this.#limits
    if (!exceeds(payload, maxPayloadBytes)) return payload
    throw new PayloadTooLarge(`${root} takes ${payloadSize(payload)} bytes, more than the limit of ${maxPayloadBytes}`)
  }
}

function lengthWithoutTail(args: readonly unknown[]): number {
  let { length } = args
  while (length > 0 && args[length - 1] === undefined) length -= 1
  return length
}
