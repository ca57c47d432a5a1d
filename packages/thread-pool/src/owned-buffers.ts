import type { FromWorker, ToWorker } from '@taskspace/core/pool'

type Bytes = string | Uint8Array | undefined

/** Copying less than this costs less than handing it over. */
const LEAST_BYTES = 16_384

const NONE: ArrayBuffer[] = []

/**
 * The memory of results that is handed over instead of copied: bytes that fill a buffer of their own. A worker encodes a
 * result for nobody else, and drops it when it is sent.
 */
export function ownedBuffers(batch: readonly FromWorker[]): ArrayBuffer[] {
  return buffersOf(batch, (message) => {
    return message.kind === 'done' && message.settlement.kind === 'success' ? message.settlement.value : undefined
  })
}

/** The memory of inputs that is handed over, when `withOwnInput` has copied them for it. */
export function ownedInputs(batch: readonly ToWorker[]): ArrayBuffer[] {
  return buffersOf(batch, (message) => (message.kind === 'run' ? message.job.input : undefined))
}

/**
 * A message whose job's input is a copy of its own, if that is large: the store keeps the one that it had. Copying it once
 * to hand the copy over costs less than to have it written and read by structured clone.
 */
export function withOwnInput(message: ToWorker): ToWorker {
  if (message.kind !== 'run') return message
  const { input } = message.job
  if (typeof input === 'string' || input.byteLength < LEAST_BYTES) return message
  const copy = Buffer.allocUnsafeSlow(input.byteLength)
  copy.set(input)
  return { ...message, job: { ...message.job, input: new Uint8Array(copy.buffer) } }
}

function buffersOf<M>(batch: readonly M[], bytesOf: (message: M) => Bytes): ArrayBuffer[] {
  let buffers: Set<ArrayBuffer> | undefined
  for (const message of batch) {
    const buffer = ownedBuffer(bytesOf(message))
    if (buffer === undefined) continue
    buffers ??= new Set()
    buffers.add(buffer)
  }
  return buffers === undefined ? NONE : [...buffers]
}

function ownedBuffer(bytes: Bytes): ArrayBuffer | undefined {
  if (bytes === undefined || typeof bytes === 'string' || bytes.byteLength < LEAST_BYTES) return undefined
  const { buffer } = bytes
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? buffer : undefined
}
