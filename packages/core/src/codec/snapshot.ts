import { types } from 'node:util'
import { isDeferredLike } from '../deferred-brand.ts'
import { isTaskFailure, type TaskFailure } from '../errors/task-failure.ts'
import { NotSerializable } from '../errors/usage-errors.ts'
import { isAwkwardKey } from './awkward-keys.ts'
import { type Binary, binaryOf } from './binary.ts'
import { errorClassName } from './builtin-errors.ts'
import { failureFields, isFailureFields } from './failure-fields.ts'
import type { Holes } from './holes.ts'
import { bigintRefusal, dateRefusal } from './leaf-refusal.ts'
import { arrayRefusal, isBare, isPlainArray, isPlainObject, symbolRefusal } from './own-shape.ts'
import { isJsonNumber } from './primitive-text.ts'
import { refusalOf } from './refusal.ts'
import { Packed, PlainPart } from './tagged-superjson.ts'
import { entryStep, memberStep, propertyLabel, type Step, Trail } from './trail.ts'

const DEFERRED_IN_RESULT = 'a Deferred does not travel in a result; return one Deferred: call a task that gathers them'

/** What bounds a snapshot, and where its Deferreds go. */
export interface SnapshotOptions {
  /** Names the value in error paths. */
  readonly root: string
  readonly maxDepth: number
  /** Characters and bytes that the copy may hold; `overBudget` is thrown beyond. */
  readonly budget: number
  readonly overBudget: () => Error
  /** Where Deferreds are noted; absent where none may stand. */
  readonly holes?: Holes
}

/**
 * Copies a value, reading each part once, into a form that superjson serializes without loss: plain objects, arrays,
 * Maps, Sets, dates, URLs, and `Packed` for the rest. Whatever would not survive is refused by its path.
 *
 * The copy is a tree: an object that stands in two places is copied twice.
 */
export class Snapshot {
  readonly trail: Trail
  /** The binary data met, whose content is still to be set. */
  readonly binaries: { readonly packed: Packed; readonly binary: Binary }[] = []
  readonly #options: SnapshotOptions
  readonly #ancestors = new Set<object>()
  #budget: number
  #tags = 0
  #tagSteps = 0

  constructor(options: SnapshotOptions) {
    this.trail = new Trail(options.root)
    this.#options = options
    this.#budget = options.budget
  }

  /** How many values need more than JSON. */
  get tags(): number {
    return this.#tags
  }

  /** How many steps it takes to reach each of these from the root, all together. */
  get tagSteps(): number {
    return this.#tagSteps
  }

  /**
   * The copy of the root value; to be called once.
   *
   * @throws NotSerializable what would not survive the trip, and whatever reading the value throws, as it is.
   */
  copy(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        this.#spend(value.length)
        return value
      case 'boolean':
        return value
      case 'number':
        return isJsonNumber(value) ? value : this.#tagged(value)
      case 'undefined':
        return this.#tagged(value)
      case 'bigint':
        return this.#checked(value, bigintRefusal(value))
      case 'object':
        return value === null ? value : this.#copyObject(value)
      default:
        return this.#refuse(`a ${typeof value} does not travel`)
    }
  }

  #copyObject(value: object): unknown {
    if (isDeferredLike(value)) return this.#hole(value)
    if (types.isDate(value) && isBare(value, Date.prototype)) return this.#checked(value, dateRefusal(value))
    if (value instanceof URL && isBare(value, URL.prototype)) return this.#copyUrl(value)
    const binary = binaryOf(value)
    if (binary !== undefined) return this.#binary(binary)
    return this.#copyContainer(value)
  }

  #copyContainer(value: object): unknown {
    const { maxDepth } = this.#options
    if (this.#ancestors.has(value)) this.#refuse('it contains itself')
    if (this.trail.depth >= maxDepth) this.#refuse(`it is nested more than ${maxDepth} levels deep`)
    this.#ancestors.add(value)
    const copy = this.#copyContents(value)
    this.#ancestors.delete(value)
    return copy
  }

  #copyContents(value: object): unknown {
    if (isPlainArray(value)) return this.#copyArray(value)
    if (isPlainObject(value)) return this.#copyRecord(value)
    if (types.isMap(value) && isBare(value, Map.prototype)) return this.#tagged(this.#copyMap(value))
    if (types.isSet(value) && isBare(value, Set.prototype)) return this.#tagged(this.#copySet(value))
    if (isTaskFailure(value)) return this.#copyFailure(value)
    if (types.isNativeError(value)) return this.#copyError(value)
    return this.#refuse(refusalOf(value))
  }

  #copyArray(array: readonly unknown[]): unknown[] {
    const reason = arrayRefusal(array)
    if (reason !== undefined) this.#refuse(reason)
    const copy: unknown[] = []
    for (let index = 0; index < array.length; index += 1) copy.push(this.#at(index, () => array[index]))
    return copy
  }

  #copyRecord(source: object, keys = Object.keys(source), within: readonly string[] = []): unknown {
    const reason = symbolRefusal(source)
    if (reason !== undefined) this.#refuse(reason)
    const read = (key: string) => (source as Readonly<Record<string, unknown>>)[key]
    if (keys.some(isAwkwardKey)) return this.#copyEntries(keys, within, read)
    const copy: Record<string, unknown> = {}
    for (const key of keys) {
      this.#spend(key.length)
      const step = within.length === 0 ? key : { label: propertyLabel(key), json: [...within, key] }
      copy[key] = this.#at(step, () => read(key))
    }
    return copy
  }

  #copyEntries(keys: readonly string[], within: readonly string[], read: (key: string) => unknown): Packed {
    const entries = keys.map((key, index) => {
      this.#spend(key.length)
      return [key, this.#at({ label: propertyLabel(key), json: [...within, index, 1] }, () => read(key))]
    })
    return this.#tagged(new Packed('record', entries))
  }

  #copyMap(map: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const entries = [...map].map(([key, value], index): [unknown, unknown] => [
      this.#at(entryStep(index, key, 'key'), () => key),
      this.#at(entryStep(index, key, 'value'), () => value),
    ])
    return new Map(entries)
  }

  #copySet(set: ReadonlySet<unknown>): Set<unknown> {
    return new Set([...set].map((member, index) => this.#at(memberStep(index), () => member)))
  }

  #copyFailure(failure: TaskFailure): Packed {
    const fields = failureFields(failure)
    if (!isFailureFields(fields)) this.#refuse(refusalOf(failure))
    return this.#tagged(new Packed('TaskFailure', this.#copyRecord(fields)))
  }

  #copyError(error: Error): Packed {
    const name = errorClassName(error)
    if (name === undefined) this.#refuse(refusalOf(error))
    const visible = Object.keys(error)
    const hidden = Object.getOwnPropertyNames(error).filter((key) => !visible.includes(key))
    const content = {
      class: name,
      hidden: this.#copyRecord(error, hidden, ['hidden']),
      visible: this.#copyRecord(error, visible, ['visible']),
    }
    return this.#tagged(new Packed('Error', content))
  }

  #binary(binary: Binary): Packed {
    this.#spend(binary.bytes.byteLength)
    const packed = this.#tagged(new Packed('binary', undefined))
    this.binaries.push({ packed, binary })
    return packed
  }

  /** An object of its own for each place, so that two in one Set stay two. */
  #hole(deferred: { readonly id: string }): object {
    const { holes } = this.#options
    if (holes === undefined) this.#refuse(DEFERRED_IN_RESULT)
    holes.add(deferred, this.trail.jsonPath())
    return {}
  }

  #copyUrl(url: URL): URL {
    this.#spend(url.href.length)
    return this.#tagged(url)
  }

  #checked<T>(value: T, refusal: string | undefined): T {
    if (refusal !== undefined) this.#refuse(refusal)
    return this.#tagged(value)
  }

  #at(step: Step, read: () => unknown): unknown {
    this.trail.enter(step)
    this.#spend(2)
    const tags = this.#tags
    const copy = this.copy(read())
    this.trail.leave()
    const isPlainContainer = typeof copy === 'object' && copy !== null && this.#tags === tags
    return isPlainContainer ? new PlainPart(copy) : copy
  }

  #tagged<T>(value: T): T {
    this.#tags += 1
    this.#tagSteps += this.trail.depth
    return value
  }

  #spend(size: number): void {
    this.#budget -= size
    if (this.#budget < 0) throw this.#options.overBudget()
  }

  #refuse(reason: string): never {
    throw new NotSerializable(`${this.trail}`, reason)
  }
}
