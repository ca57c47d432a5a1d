import type { Payload } from '../backend/payload.ts'
import { NotSerializable, PayloadTooLarge } from '../errors/usage-errors.ts'
import type { CodecLimits } from './codec-limits.ts'
import type { Envelope } from './envelope.ts'
import { writeFrame } from './frame.ts'
import type { Holes } from './holes.ts'
import { thrownText } from './refusal.ts'
import { Snapshot } from './snapshot.ts'
import { superjson } from './tagged-superjson.ts'
import { mostTagSteps } from './work-limit.ts'

/** First character of a text payload that holds an envelope; no JSON text begins with it. */
export const ENVELOPE_MARK = 's'

/** From this many bytes of binary data on, all in all, the payload is a frame of bytes and not text with base64. */
const FRAME_FROM_BYTES = 16 * 1024

/** What is to be encoded, and under which limits. */
export interface TaggedRequest {
  readonly value: unknown
  /** Names the value in error paths. */
  readonly root: string
  readonly limits: CodecLimits
  /** Where Deferreds are noted; absent where none may stand. */
  readonly holes?: Holes
}

/**
 * The payload of a value that plain JSON may not keep: a copy of it, through superjson where it has tags.
 *
 * @throws NotSerializable naming the path of what does not survive the trip.
 * @throws PayloadTooLarge as soon as that is certain; the finished payload is still to be measured.
 */
export function encodeTagged(request: TaggedRequest): Payload {
  const { root, limits } = request
  const snapshot = new Snapshot({
    root,
    maxDepth: limits.maxDepth,
    budget: limits.maxPayloadBytes,
    overBudget: () => new PayloadTooLarge(`${root} takes more than the limit of ${limits.maxPayloadBytes} bytes`),
    ...(request.holes === undefined ? {} : { holes: request.holes }),
  })
  const copy = withPath(snapshot, () => snapshot.copy(request.value))
  return withPath(snapshot, () => write(copy, snapshot, request))
}

function write(copy: unknown, snapshot: Snapshot, { root, holes }: TaggedRequest): Payload {
  const paths = holes?.paths ?? []
  if (snapshot.tags === 0 && paths.length === 0) return JSON.stringify(copy)
  const chunks = placeBytes(snapshot)
  const { json, meta } = snapshot.tags === 0 ? { json: copy } : superjson.serialize(copy)
  const envelope: Envelope = {
    json,
    ...(meta?.values === undefined ? {} : { values: meta.values }),
    ...(paths.length === 0 ? {} : { holes: paths }),
    ...(chunks.length === 0 ? {} : { chunks: chunks.map((chunk) => chunk.byteLength) }),
  }
  const text = JSON.stringify(envelope)
  if (snapshot.tagSteps > mostTagSteps(text.length))
    throw new NotSerializable(root, 'too many values too deep inside Maps')
  return chunks.length === 0 ? ENVELOPE_MARK + text : writeFrame(text, chunks)
}

/** Decide how the binary data travels; gives the chunks of bytes that go behind the text. */
function placeBytes({ binaries }: Snapshot): Uint8Array[] {
  const total = binaries.reduce((size, { binary }) => size + binary.bytes.byteLength, 0)
  const inText = total < FRAME_FROM_BYTES
  for (const [index, { packed, binary }] of binaries.entries()) {
    const { buffer, byteOffset, byteLength } = binary.bytes
    packed.content = [binary.kind, inText ? Buffer.from(buffer, byteOffset, byteLength).toString('base64') : index]
  }
  return inText ? [] : binaries.map(({ binary }) => binary.bytes)
}

/** Turns whatever reading the value throws (accessors, proxies, a full stack) into an error that says where. */
function withPath<T>(snapshot: Snapshot, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (isRefusal(error)) throw error
    const refusal = new NotSerializable(`${snapshot.trail}`, `reading it threw ${thrownText(error)}`)
    refusal.cause = error
    throw refusal
  }
}

function isRefusal(error: unknown): boolean {
  try {
    return error instanceof NotSerializable || error instanceof PayloadTooLarge
  } catch {
    // A proxy that does not even tell its prototype.
    return false
  }
}
