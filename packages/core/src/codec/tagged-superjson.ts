import { SuperJSON } from 'superjson'
import { MalformedPayload } from '../errors/usage-errors.ts'
import { reviveBinary } from './binary.ts'
import { reviveError } from './builtin-errors.ts'
import { isFailureFields, reviveFailure } from './failure-fields.ts'

/** Kinds of value that are ours and not superjson's. */
export type Tag = 'record' | 'binary' | 'Error' | 'TaskFailure'

/**
 * A value in the form it travels in, for superjson to annotate with its tag.
 * It is a Map only because superjson looks for values to annotate inside Maps, not inside unknown classes.
 */
export class Packed extends Map<never, never> {
  readonly tag: Tag
  /** Set late for binary data: whether bytes travel as text or beside it is known once all have been seen. */
  content: unknown

  constructor(tag: Tag, content: unknown) {
    super()
    this.tag = tag
    this.content = content
  }
}

/**
 * A part of a value that plain JSON keeps, in a value that needs tags elsewhere. superjson, which takes a microsecond
 * for each thing it looks at, passes an object of an unknown class on as it is.
 */
export class PlainPart {
  readonly #part: object

  constructor(part: object) {
    this.#part = part
  }

  toJSON(): object {
    return this.#part
  }
}

const revivers: Readonly<Record<Tag, (content: unknown) => unknown>> = {
  record: (content) => reviveRecord(content),
  binary: (content) => reviveBytes(content),
  Error: (content) => reviveBuiltinError(content),
  TaskFailure: (content) => reviveTaskFailure(content),
}

/** The only superjson instance of the codec: nothing else can be registered with it, and no user class is. */
export const superjson = new SuperJSON()

for (const [tag, deserialize] of Object.entries(revivers)) {
  superjson.registerCustom(
    {
      isApplicable: (value: unknown): value is unknown => value instanceof Packed && value.tag === tag,
      serialize: (value: unknown) => (value as Packed).content as never,
      deserialize,
    },
    tag,
  )
}

/** Set an own property, even one that would otherwise set the prototype. */
function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function reviveRecord(content: unknown): unknown {
  if (!Array.isArray(content)) throw malformed('record')
  const record = {}
  for (const entry of content as unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') throw malformed('record')
    setOwn(record, entry[0], entry[1])
  }
  return record
}

function reviveBytes(content: unknown): unknown {
  const [kind, bytes] = Array.isArray(content) ? (content as unknown[]) : []
  const value = bytes instanceof Uint8Array ? reviveBinary(kind, bytes) : undefined
  if (value === undefined) throw malformed('binary')
  return value
}

function reviveBuiltinError(content: unknown): unknown {
  const { class: name, hidden, visible } = isObject(content) ? content : {}
  if (typeof name !== 'string' || !isObject(hidden) || !isObject(visible)) throw malformed('Error')
  const error = reviveError(name, hidden, visible)
  if (error === undefined) throw malformed('Error')
  return error
}

function reviveTaskFailure(content: unknown): unknown {
  if (!isObject(content) || !isFailureFields(content)) throw malformed('TaskFailure')
  return reviveFailure(content)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function malformed(tag: Tag): MalformedPayload {
  return new MalformedPayload(`the ${tag} in the payload is incomplete`)
}
