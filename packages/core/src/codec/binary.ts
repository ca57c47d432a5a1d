import { types } from 'node:util'
import { takeFree } from './free-bytes.ts'

const prototypes = new Map<object, string>([
  [Buffer.prototype, 'Buffer'],
  [ArrayBuffer.prototype, 'ArrayBuffer'],
])

const revivers = new Map<string, (bytes: ArrayBuffer) => unknown>([
  ['Buffer', (bytes) => Buffer.from(bytes)],
  ['ArrayBuffer', (bytes) => bytes],
])

for (const View of [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]) {
  prototypes.set(View.prototype, View.name)
  revivers.set(View.name, (bytes) => new View(bytes))
}

/** Binary data of a kind that survives the trip, and the bytes it shows. */
export interface Binary {
  readonly kind: string
  readonly bytes: Uint8Array
}

/** A Buffer, an ArrayBuffer or a typed array as its bytes, not copied; `undefined` for anything else, subclasses too. */
export function binaryOf(value: object): Binary | undefined {
  const kind = prototypes.get(Object.getPrototypeOf(value))
  if (kind === undefined) return undefined
  if (types.isArrayBuffer(value)) return { kind, bytes: new Uint8Array(value) }
  if (!types.isTypedArray(value)) return undefined
  return { kind, bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) }
}

/**
 * Binary data of a kind from its bytes, copied, but for a Buffer of bytes that nobody else has; elements are in the byte
 * order of the machine.
 *
 * @throws RangeError if the bytes do not fill whole elements; `undefined` is returned for an unknown kind.
 */
export function reviveBinary(kind: unknown, bytes: Uint8Array): unknown {
  if (kind === 'Buffer' && takeFree(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const revive = typeof kind === 'string' ? revivers.get(kind) : undefined
  return revive?.(copyOf(bytes))
}

// Not `new Uint8Array(bytes)`, which clears what it is about to fill.
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = Buffer.allocUnsafeSlow(bytes.byteLength)
  copy.set(bytes)
  return copy.buffer
}
