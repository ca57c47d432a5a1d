import { jobStorage } from './job-storage.ts'

/** An output of the process. */
export type OutputName = 'stdout' | 'stderr'

type Write = NodeJS.WriteStream['write']

interface Tap {
  readonly original: Write
  readonly tapped: Write
}

interface Shared {
  users: number
  readonly taps: Map<OutputName, Tap>
}

const KEY: unique symbol = Symbol.for('taskspace/output-tap')

/**
 * From now on, let jobs of this thread know what they write to stdout and stderr, by `console` or directly; it goes where
 * it went before all the same. Each is told what it wrote itself, whatever runs beside it.
 *
 * @returns what ends it; idempotent. The last one puts the outputs back as they were.
 */
export function tapOutput(): () => void {
  const shared = sharedState()
  shared.users += 1
  if (shared.users === 1) for (const name of ['stdout', 'stderr'] as const) shared.taps.set(name, tap(name))
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    shared.users -= 1
    if (shared.users > 0) return
    for (const [name, { original, tapped }] of shared.taps) restore(name, original, tapped)
    shared.taps.clear()
  }
}

function tap(name: OutputName): Tap {
  const stream = process[name]
  const original = stream.write
  const tapped = function (this: unknown, ...args: Parameters<Write>): boolean {
    tell(name, args[0], args[1])
    return Reflect.apply(original, this, args)
  } as Write
  stream.write = tapped
  return { original, tapped }
}

/** Somebody may have put something of theirs on top: then ours stays beneath it, and tells of nothing. */
function restore(name: OutputName, original: Write, tapped: Write): void {
  const stream = process[name]
  if (stream.write === tapped) stream.write = original
}

function tell(name: OutputName, chunk: unknown, encoding: unknown): void {
  if (sharedState().users === 0) return
  const job = jobStorage.getStore()
  if (job === undefined) return
  if (typeof chunk === 'string') job.wrote(name, isOther(encoding) ? Buffer.from(chunk, encoding) : chunk)
  else if (chunk instanceof Uint8Array) job.wrote(name, chunk)
}

/** An encoding that is not that of text; in its place there may be nothing, or a callback. */
function isOther(encoding: unknown): encoding is BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) && !/^utf-?8$/i.test(encoding)
}

/** One for all copies of the package, which share the jobs as well. */
function sharedState(): Shared {
  const world = globalThis as { [KEY]?: Shared }
  world[KEY] ??= { users: 0, taps: new Map() }
  return world[KEY]
}
