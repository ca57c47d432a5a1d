import type { ValueRef } from '../backend/claim.ts'
import { INLINE_VALUE_BYTES } from '../backend/limits.ts'
import type { Payload } from '../backend/payload.ts'
import type { TaskQueue, ValueChunk } from '../backend/task-queue.ts'

/**
 * Read a stored result in chunks; `undefined` if it is gone.
 *
 * @throws BackendUnavailable
 */
export async function readLargeValue(queue: TaskQueue, ref: ValueRef): Promise<Payload | undefined> {
  const first = await queue.readValue(ref, 0, INLINE_VALUE_BYTES)
  if (first === undefined) return undefined
  const bytes = Buffer.allocUnsafe(first.size)
  let chunk: ValueChunk | undefined = first
  for (let offset = 0; ; ) {
    bytes.set(chunk.bytes, offset)
    offset += chunk.bytes.byteLength
    if (offset >= first.size) break
    chunk = await queue.readValue(ref, offset, INLINE_VALUE_BYTES)
    if (chunk === undefined) return undefined
  }
  return first.kind === 'text'
    ? bytes.toString('utf8')
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
