import { MalformedPayload } from '../errors/usage-errors.ts'
import { isBinaryType, ruleOf } from './annotation-rules.ts'
import type { Chunks } from './frame.ts'
import { type JsonPlace, type JsonPlaces, putAt, valueAt } from './json-places.ts'

const LONGEST_SHOWN = 40

/**
 * Lets superjson see only annotations that it wrote itself: allowed types, on JSON that fits them, at places that are
 * there, each once, none inside another but as its part. Brings the bytes of binary data in on the way.
 */
export class AnnotationGuard {
  readonly #places: JsonPlaces
  readonly #chunks: Chunks | undefined

  constructor(places: JsonPlaces, chunks: Chunks | undefined) {
    this.#places = places
    this.#chunks = chunks
  }

  /** Check a whole tree of annotations; `MalformedPayload` at the first that is not allowed. */
  check(tree: unknown): void {
    const { root } = this.#places
    if (Array.isArray(tree)) this.#checkPlace(root, tree)
    else this.#checkParts(root, tree)
  }

  #checkParts(place: JsonPlace, parts: unknown): void {
    if (typeof parts !== 'object' || parts === null || Array.isArray(parts)) throw malformed('a tree of the wrong form')
    for (const [path, annotation] of Object.entries(parts)) {
      this.#checkPlace(this.#places.follow(place, parsePath(path), 'marking'), annotation)
    }
  }

  #checkPlace(place: JsonPlace, annotation: unknown): void {
    if (!Array.isArray(annotation) || annotation.length < 1 || annotation.length > 2) {
      throw malformed('a tree of the wrong form')
    }
    const [type, parts] = annotation as [unknown, unknown?]
    const rule = ruleOf(type)
    if (rule === undefined) throw malformed(`the unknown type ${shown(type)}`)
    this.#places.claim(place)
    if (!rule.fits(valueAt(place))) throw malformed(`the type ${shown(type)} on data that is none`)
    if (isBinaryType(type)) this.#bringBytes(place)
    if (annotation.length === 1) return
    if (!rule.hasParts) throw malformed(`parts of the type ${shown(type)}, which has none`)
    this.#checkParts(place, parts)
  }

  #bringBytes(place: JsonPlace): void {
    const [kind, source] = valueAt(place) as readonly unknown[]
    const bytes = typeof source === 'number' ? this.#chunks?.take(source) : decodeBase64(source)
    if (bytes === undefined) throw malformed('binary data without its bytes')
    putAt(place, [kind, bytes])
  }
}

/** A path as superjson writes it: keys joined by dots, with dots and backslashes of their own escaped. */
function parsePath(path: string): string[] {
  if (!path.includes('\\')) return path.split('.')
  const keys = ['']
  for (const [token] of path.matchAll(/\\[\s\S]?|\.|[^\\.]+/g)) {
    if (token === '.') keys.push('')
    else keys.push((keys.pop() ?? '') + unescaped(token))
  }
  return keys
}

function unescaped(token: string): string {
  if (!token.startsWith('\\')) return token
  if (token !== '\\\\' && token !== '\\.') throw malformed('a path with a wrong escape')
  return token.slice(1)
}

function decodeBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return Buffer.from(text, 'base64')
}

function shown(type: unknown): string {
  const name = Array.isArray(type) ? type[1] : type
  return typeof name === 'string' ? `"${name.slice(0, LONGEST_SHOWN)}"` : 'that is no name'
}

function malformed(what: string): MalformedPayload {
  return new MalformedPayload(`the annotations of the payload have ${what}`)
}
