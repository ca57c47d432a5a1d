import type { ValueChunk } from '@taskspace/core/backend'

/** A part of a value as the store answers it, its bytes as base64. */
export type StoredChunk = readonly [kind: 'text' | 'bytes', size: number, bytes: string]

/** The part of a value that the store answered. */
export function chunkOf([kind, size, bytes]: StoredChunk): ValueChunk {
  return { kind, size, bytes: new Uint8Array(Buffer.from(bytes, 'base64')) }
}
