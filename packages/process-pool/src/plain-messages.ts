import {
  type FromWorker,
  type PackedFromWorker,
  type PackedToWorker,
  packedFromWorker,
  packedToWorker,
  type ToWorker,
  unpackedFromWorker,
  unpackedToWorker,
} from '@taskspace/core/pool'

type Packed = PackedToWorker | PackedFromWorker

/** What may go as JSON: small jobs and results, and what comes with these. */
export type PlainMessage = Extract<FromWorker | ToWorker, { readonly kind: 'run' | 'done' | 'worked' }>

/** Longest payload that goes as JSON: longer ones are copied faster than they are escaped. */
const TEXT_LIMIT = 8192

/** How long the list is at most that a result is packed as; only jobs are longer ones. */
const LONGEST_RESULT = 5

/** Whether JSON gives a message back as it is. */
export function isPlain(message: { readonly kind: string }): message is PlainMessage {
  const { kind } = message as PlainMessage
  // It comes with each batch of results, which would be two frames otherwise.
  if (kind === 'worked') return true
  return (kind === 'run' || kind === 'done') && hasPlainPayload(message as PlainMessage)
}

/** As JSON. */
export function plainText(batch: readonly PlainMessage[]): string {
  return JSON.stringify(batch.map(packed))
}

/** What `plainText` made. @throws SyntaxError and the like for what it cannot have made. */
export function plainMessages(text: string): readonly (ToWorker | FromWorker)[] {
  return (JSON.parse(text) as readonly Packed[]).map(unpacked)
}

function hasPlainPayload(message: PlainMessage): boolean {
  if (message.kind === 'run') {
    const { job, values } = message
    return isShort(job.input) && values.every((value) => value.kind === 'value' && isShort(value.payload))
  }
  if (message.kind !== 'done') return false
  const { settlement } = message
  return settlement.kind === 'success' && isShort(settlement.value) && Number.isFinite(settlement.resultTtlMs ?? 0)
}

function isShort(payload: string | Uint8Array): boolean {
  return typeof payload === 'string' && payload.length <= TEXT_LIMIT
}

function packed(message: PlainMessage): Packed {
  return message.kind === 'run' ? packedToWorker(message) : packedFromWorker(message)
}

function unpacked(message: Packed): ToWorker | FromWorker {
  return isJob(message) ? unpackedToWorker(message) : unpackedFromWorker(message as PackedFromWorker)
}

function isJob(message: Packed): message is PackedToWorker {
  return Array.isArray(message) && message.length > LONGEST_RESULT
}
