import type { FromWorker } from '@taskspace/core/pool'

/** Copying less than this costs less than handing it over. */
const LEAST_BYTES = 16_384

const NONE: ArrayBuffer[] = []

/**
 * The memory of results that is handed over instead of copied: bytes that fill a buffer of their own. A worker encodes a
 * result for nobody else, and drops it when it is sent.
 */
export function ownedBuffers(batch: readonly FromWorker[]): ArrayBuffer[] {
  let buffers: Set<ArrayBuffer> | undefined
  for (const message of batch) {
    const buffer = ownedBuffer(message)
    if (buffer === undefined) continue
    buffers ??= new Set()
    buffers.add(buffer)
  }
  return buffers === undefined ? NONE : [...buffers]
}

function ownedBuffer(message: FromWorker): ArrayBuffer | undefined {
  if (message.kind !== 'done' || message.settlement.kind !== 'success') return undefined
  const { value } = message.settlement
  if (typeof value === 'string' || value.byteLength < LEAST_BYTES) return undefined
  const { buffer } = value
  return buffer instanceof ArrayBuffer && buffer.byteLength === value.byteLength ? buffer : undefined
}
