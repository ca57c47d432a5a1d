const LONGEST_NAME = 60
const LONGEST_PATH = 300

/** Where a value stands in its parent, when that is not simply a property or an index. */
export interface InnerStep {
  /** As a reader of the program would write it: `.get("a")`. */
  readonly label: string
  /** The keys that lead there in the encoded JSON. */
  readonly json: readonly (string | number)[]
}

/** A property's name, an array's index, or an inner step. */
export type Step = string | number | InnerStep

/** The way from a named root to the value at hand, for error texts and for the places of Deferreds. */
export class Trail {
  readonly #root: string
  readonly #steps: Step[] = []
  /** How many containers of the encoded JSON are around the value. */
  #depth = 0

  constructor(root: string) {
    this.#root = root
  }

  get depth(): number {
    return this.#depth
  }

  enter(step: Step): void {
    this.#steps.push(step)
    this.#depth += levels(step)
  }

  leave(): void {
    const step = this.#steps.pop()
    if (step !== undefined) this.#depth -= levels(step)
  }

  /** The keys that lead to the value in the encoded JSON. */
  jsonPath(): (string | number)[] {
    const path: (string | number)[] = []
    for (const step of this.#steps) {
      if (typeof step === 'object') path.push(...step.json)
      else path.push(step)
    }
    return path
  }

  /** Such as `arguments[0].user.avatar`; the middle of a very long path is left out. */
  toString(): string {
    const path = this.#root + this.#steps.map(labelOf).join('')
    if (path.length <= LONGEST_PATH) return path
    return `${path.slice(0, LONGEST_PATH / 2)}…${path.slice(-LONGEST_PATH / 2)}`
  }
}

/** A property as it is written after its object: `.name`, or `["two words"]`. */
export function propertyLabel(name: string): string {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && name.length <= LONGEST_NAME) return `.${name}`
  return `[${shortQuoted(name)}]`
}

/** The step to a key or a value of a Map. */
export function entryStep(index: number, key: unknown, part: 'key' | 'value'): InnerStep {
  if (part === 'key') return { label: `.keys()[${index}]`, json: [index, 0] }
  const label = isShortPrimitive(key) ? `.get(${shown(key)})` : `.values()[${index}]`
  return { label, json: [index, 1] }
}

/** The step to a member of a Set. */
export function memberStep(index: number): InnerStep {
  return { label: `.values()[${index}]`, json: [index] }
}

function levels(step: Step): number {
  return typeof step === 'object' ? step.json.length : 1
}

function labelOf(step: Step): string {
  if (typeof step === 'number') return `[${step}]`
  return typeof step === 'string' ? propertyLabel(step) : step.label
}

function isShortPrimitive(key: unknown): key is string | number | boolean {
  return typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean'
}

function shown(key: string | number | boolean): string {
  return typeof key === 'string' ? shortQuoted(key) : `${key}`
}

function shortQuoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text)
}
