import { InvalidArgument, TaskConflict } from '../errors/usage-errors.ts'
import { checkOptionNames } from '../queue/option-values.ts'
import { shownValue } from '../shown-value.ts'
import { templateOf } from './task.ts'
import { type TaskDefinition, type TaskFunction, taskTemplate } from './task-definition.ts'
import { checkName, nameOfFunction } from './task-name.ts'
import { isTaskSpace } from './task-space.ts'

/** Options of `expose`. */
export interface ExposeOptions {
  /** Put the tasks in the place of those that have their names; default false, which throws `TaskConflict`. */
  readonly replace?: boolean | undefined
}

/** The tasks that a broker has exposed, by full name. */
export class TaskRegistry {
  readonly #tasks = new Map<string, TaskDefinition>()
  readonly #listeners = new Set<() => void>()

  /** How many tasks are exposed. */
  get size(): number {
    return this.#tasks.size
  }

  /**
   * Expose tasks: a space, an array of spaces, a module (each of its exports that is a space), or one function under its
   * own name, less the `bound ` of a bound method. Tasks added to a space later are not exposed by this call.
   *
   * All or nothing.
   *
   * @throws TaskConflict for a name that is exposed already, unless `replace` (WQ-05); InvalidName for a function
   * without a usable name; InvalidArgument for what holds no task.
   */
  expose(what: object, options: ExposeOptions = {}): void {
    checkOptionNames(options, 'expose options', EXPOSE_OPTIONS)
    const added = new Map<string, TaskDefinition>()
    for (const task of definitionsOf(what)) {
      const taken = added.has(task.name) || (this.#tasks.has(task.name) && options.replace !== true)
      if (taken) throw new TaskConflict(task.name)
      added.set(task.name, task)
    }
    for (const [name, task] of added) this.#tasks.set(name, task)
    for (const changed of this.#listeners) changed()
  }

  /** Call back whenever tasks were exposed. Returns what ends that. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** The task of this name; `undefined` if none is exposed. */
  get(name: string): TaskDefinition | undefined {
    return this.#tasks.get(name)
  }

  /** Full names, in the order they were exposed. */
  names(): readonly string[] {
    return [...this.#tasks.keys()]
  }

  /** First parts of the names, each once and sorted: what a worker says it exposes when it is asked for something else. */
  roots(): readonly string[] {
    const roots = new Set<string>()
    for (const name of this.#tasks.keys()) roots.add(name.slice(0, `${name}.`.indexOf('.')))
    return [...roots].sort()
  }
}

const EXPOSE_OPTIONS: ReadonlySet<string> = new Set<keyof ExposeOptions>(['replace'])

function definitionsOf(what: unknown): readonly TaskDefinition[] {
  if (typeof what === 'function') return [definitionOf(what as TaskFunction)]
  if (isTaskSpace(what)) return what.definitions()
  if (typeof what !== 'object' || what === null) throw nothingToExpose(what)

  // A module may export a space twice, by name and as default.
  const spaces = [...new Set(Object.values(what))].filter(isTaskSpace)
  const strangers = Array.isArray(what) && spaces.length < new Set(what).size
  if (spaces.length === 0 || strangers) throw nothingToExpose(what)
  return spaces.flatMap((space) => space.definitions())
}

function definitionOf(fn: TaskFunction): TaskDefinition {
  const name = nameOfFunction(fn)
  checkName(name, 'task name')
  return Object.freeze({ ...(templateOf(fn) ?? taskTemplate({}, fn)), name })
}

function nothingToExpose(what: unknown): InvalidArgument {
  return new InvalidArgument(
    'tasks',
    `nothing to expose: ${shownValue(what)} is neither a TaskSpace, nor an array or module of them, nor a function`,
  )
}
