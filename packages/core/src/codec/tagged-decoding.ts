import type { Payload } from '../backend/payload.ts'
import { MalformedPayload } from '../errors/usage-errors.ts'
import { AnnotationGuard } from './annotation-guard.ts'
import type { CodecLimits } from './codec-limits.ts'
import { type Envelope, parseEnvelope } from './envelope.ts'
import { Chunks, readFrame } from './frame.ts'
import { takeFree } from './free-bytes.ts'
import type { HolePath } from './holes.ts'
import { isWithinDepth } from './json-depth.ts'
import { type JsonPlace, JsonPlaces, putAt, valueAt } from './json-places.ts'
import { superjson } from './tagged-superjson.ts'
import { mostSteps } from './work-limit.ts'

/** What a container may hold in JSON that it does not hold in the value: the pairs of a Map, the fields of an error. */
const EXTRA_LEVELS = 2

/** The value in the text of an envelope, with `values[i]` in the places of the i-th hole. */
export function decodeEnvelope(text: string, values: readonly unknown[], limits: CodecLimits): unknown {
  const envelope = parseEnvelope(text)
  if (envelope.chunks !== undefined) throw new MalformedPayload('the payload lacks its chunks of bytes')
  return revive(envelope, { textLength: text.length, values, limits })
}

/** The same for a frame of bytes. */
export function decodeFrame(frame: Uint8Array, values: readonly unknown[], limits: CodecLimits): unknown {
  const { text, rest } = readFrame(frame)
  const envelope = parseEnvelope(text)
  const chunks = new Chunks(rest, envelope.chunks ?? [], takeFree(frame))
  return revive(envelope, { textLength: text.length, values, limits, chunks })
}

/** How many holes the envelope of a payload has. */
export function holesIn(payload: Payload): number {
  const text = typeof payload === 'string' ? payload.slice(1) : readFrame(payload).text
  return parseEnvelope(text).holes?.length ?? 0
}

interface Surroundings {
  readonly textLength: number
  readonly values: readonly unknown[]
  readonly limits: CodecLimits
  readonly chunks?: Chunks
}

function revive({ json, values: tree, holes = [] }: Envelope, surroundings: Surroundings): unknown {
  const { textLength, values, limits, chunks } = surroundings
  if (holes.length !== values.length) throw holeMismatch(holes.length, values.length)
  if (!isWithinDepth(json, limits.maxDepth + EXTRA_LEVELS)) throw new MalformedPayload('the payload is nested too deep')
  const places = new JsonPlaces(json, mostSteps(textLength))
  const holePlaces = holes.map((paths) => paths.map((path) => claimHole(places, path)))
  if (tree !== undefined) new AnnotationGuard(places, chunks).check(tree)
  for (const [index, same] of holePlaces.entries()) {
    for (const place of same) putAt(place, values[index])
  }
  // The root is read from its place: a binary value at the root was replaced there.
  const data = valueAt(places.root)
  if (tree === undefined) return data
  return superjson.deserialize({ json: data as never, meta: { values: tree as never, v: 1 } }, { inPlace: true })
}

/** Error for values that do not match the holes of a payload. */
export function holeMismatch(holes: number, values: number): MalformedPayload {
  return new MalformedPayload(`the payload waits for the values of ${holes} Deferreds, ${values} were given`)
}

/** Holes are claimed before any annotation is looked at, so that none reaches into the value that fills one. */
function claimHole(places: JsonPlaces, path: HolePath): JsonPlace {
  const place = places.follow(places.root, path, 'silent')
  const held = valueAt(place)
  const isEmptyObject =
    typeof held === 'object' && held !== null && Object.keys(held).length === 0 && !Array.isArray(held)
  if (!isEmptyObject) throw new MalformedPayload('a hole of the payload is not empty')
  places.claim(place)
  return place
}
