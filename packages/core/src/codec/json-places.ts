import { MalformedPayload } from '../errors/usage-errors.ts'

/** One place in a parsed JSON value: an own property of a container, and how far below the root it is. */
export interface JsonPlace {
  readonly container: Record<string | number, unknown>
  readonly key: string | number
  readonly depth: number
}

/**
 * Finds places in a parsed JSON value by their paths, over own properties alone, and keeps them apart: a container that
 * is claimed to become something else can be reached into from its own annotation only, and is claimed once.
 * So no path depends on what another one has done, and none is done twice.
 */
export class JsonPlaces {
  readonly root: JsonPlace
  readonly #met = new Map<unknown, 'passed' | 'claimed'>()
  #steps: number

  /** @param steps how many steps all paths together may take, each counted from the root. */
  constructor(json: unknown, steps: number) {
    this.root = { container: { json }, key: 'json', depth: 0 }
    this.#steps = steps
  }

  /** The place at the end of a path; `MalformedPayload` if the path leaves the data or enters what is claimed. */
  follow(from: JsonPlace, path: readonly (string | number)[], mark: 'marking' | 'silent'): JsonPlace {
    this.#steps -= from.depth + path.length
    if (this.#steps < 0) throw new MalformedPayload('the payload has more annotations than its size allows')
    let place = from
    for (const key of path) {
      if (place !== from) this.#pass(place, mark)
      place = step(place, key)
    }
    return place
  }

  /** Take a place for good; `MalformedPayload` if it is taken, or if a path has led through it. */
  claim(place: JsonPlace): void {
    const value = valueAt(place)
    if (typeof value !== 'object' || value === null) return
    if (this.#met.has(value)) throw new MalformedPayload('the payload annotates one place twice')
    this.#met.set(value, 'claimed')
  }

  #pass(place: JsonPlace, mark: 'marking' | 'silent'): void {
    const value = valueAt(place)
    if (this.#met.get(value) === 'claimed')
      throw new MalformedPayload('the payload annotates a part of what is annotated')
    if (mark === 'marking') this.#met.set(value, 'passed')
  }
}

/** What stands at a place. */
export function valueAt(place: JsonPlace): unknown {
  return place.container[place.key]
}

/** Put a value in a place: an own property that is there already, so no setter or prototype is touched. */
export function putAt(place: JsonPlace, value: unknown): void {
  place.container[place.key] = value
}

function step(place: JsonPlace, key: string | number): JsonPlace {
  const container = valueAt(place)
  if (typeof container !== 'object' || container === null) throw leadsNowhere()
  if (Array.isArray(container) && !isIndex(key)) throw leadsNowhere()
  if (!Object.hasOwn(container, key)) throw leadsNowhere()
  return { container: container as Record<string | number, unknown>, key, depth: place.depth + 1 }
}

/** An index in its one spelling: `length` and `01` are none. */
function isIndex(key: string | number): boolean {
  return typeof key === 'number' ? Number.isSafeInteger(key) && key >= 0 : /^(?:0|[1-9]\d*)$/.test(key)
}

function leadsNowhere(): MalformedPayload {
  return new MalformedPayload('a path of the payload leads nowhere')
}
