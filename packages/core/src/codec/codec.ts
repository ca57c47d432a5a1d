import type { Payload } from '../backend/payload.ts'

/** Arguments as they are stored: the values that are there, and the Deferreds whose values are still to come. */
export interface EncodedArguments {
  readonly payload: Payload
  /** Each Deferred found, once, however many places it stands in; its index is the number of its hole. */
  readonly deferreds: readonly { readonly id: string }[]
}

/**
 * Turns values into payloads and back.
 *
 * `decode(encode(x))` deep-equals `x`, or `encode` throws `NotSerializable` naming the path of what cannot be sent.
 * Encoding is synchronous and takes a snapshot: what the caller changes afterwards does not reach the job. Decoding
 * runs no code of the message, touches no prototype, and costs no more than the message's size allows.
 *
 * What comes out of `decode` is a user's value: hand it on inside something (a call's argument, `{ value }`), never
 * bare into `await` or `resolve`.
 */
export interface Codec {
  /** What the codec is called, for error texts; stored nowhere. */
  readonly name: string

  /**
   * Encode one value, such as a result. A Deferred in it is `NotSerializable`. Bytes that it gives are new each time: who
   * asked for them may hand their memory on.
   *
   * @param root names the value in the paths of errors: `result`, `details`; default `value`.
   * @throws NotSerializable what would not be the same after the trip.
   * @throws PayloadTooLarge more than the limit in force.
   */
  encode(value: unknown, root?: string): Payload

  /**
   * Leaves the payload as it is.
   *
   * @throws MalformedPayload what is not an encoded value, or would cost more than its size allows.
   */
  decode(payload: Payload): unknown

  /**
   * Encode the arguments of a call. Deferreds may stand anywhere in them: in arrays, objects and errors, as keys and
   * values of a Map, as members of a Set. They travel beside the data, never as marked objects inside it.
   * `undefined` at the end of the list is dropped, so that the defaults of the task's parameters apply.
   *
   * @throws NotSerializable as `encode`.
   * @throws PayloadTooLarge as `encode`.
   */
  encodeArguments(args: readonly unknown[]): EncodedArguments

  /**
   * Decode arguments, with `values[i]` in every place of the i-th Deferred. Keys of a Map and members of a Set that
   * turn out to be equal collapse into one; of a Map the last value wins.
   *
   * @throws MalformedPayload as `decode`, and if there are not as many values as Deferreds.
   */
  decodeArguments(payload: Payload, values: readonly unknown[]): unknown[]

  /** For how many Deferreds the arguments in a payload have holes. @throws MalformedPayload as `decode`. */
  countHoles(payload: Payload): number
}
