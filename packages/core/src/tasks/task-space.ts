import type { StandardSchemaV1 } from '@standard-schema/spec'
import { InvalidArgument, TaskConflict } from '../errors/usage-errors.ts'
import { shownValue } from '../shown-value.ts'
import {
  type AnyFunction,
  type AnyTask,
  type InputTaskOptions,
  type NoSchema,
  type OutputOf,
  type OutputTaskOptions,
  type PlainTaskOptions,
  type ResultWith,
  type Returned,
  type Task,
  task as taskWith,
  templateOf,
} from './task.ts'
import { checkFunction, type TaskDefinition, taskTemplate } from './task-definition.ts'
import { checkName, type LegalName, nameOfFunction } from './task-name.ts'
import type { SchemaOptions, TaskOptions } from './task-options.ts'

const SPACE: unique symbol = Symbol.for('taskspace/space')

/** All that types see of a space: its name and its tasks. Exists in types alone. */
export interface SpaceTypes<Name extends string, T> {
  readonly name: Name
  readonly tasks: T
}

/** Any space, from whichever copy of the package. */
export interface AnySpace {
  readonly '~tasks': SpaceTypes<string, unknown>
}

/** What a space is made of. */
interface Tasks {
  readonly [name: string]: AnyFunction | AnyTask
}

/** Turns an illegal name among the keys into an error that tells it. */
type LegalTasks<T> = {
  readonly [K in keyof T]: LegalName<K & string> extends K ? unknown : LegalName<K & string>
}

/**
 * A named set of tasks. Names with dots nest, the space's own name too: `new TaskSpace('shop.orders', { 'mail.send': … })`
 * holds `shop.orders.mail.send`. A name may be a task and a namespace at once.
 *
 * Its type is what a client needs: `import type { math } from './tasks.js'`.
 */
export class TaskSpace<Name extends string = '', T = unknown> {
  declare readonly '~tasks': SpaceTypes<Name, T>
  readonly #name: string
  readonly #definitions = new Map<string, TaskDefinition>()

  static {
    Object.defineProperty(TaskSpace.prototype, SPACE, { value: true })
  }

  /**
   * @param name what all its tasks' names begin with; default nothing.
   * @param tasks functions, or what `task()` made of them, by name.
   * @throws InvalidName for a name that is empty, reserved or too long; InvalidArgument for what is no function.
   */
  constructor(name?: LegalName<Name> | '', tasks?: T & Tasks & LegalTasks<T>) {
    this.#name = name === undefined ? '' : name
    if (this.#name !== '') checkName(name, 'space name')
    for (const [key, fn] of entriesOf(tasks)) this.#add(key, fn)
  }

  /**
   * Add a task; returns this space, whose type then knows it.
   *
   * @throws TaskConflict if the space has the name; InvalidName; InvalidArgument.
   */
  task<K extends string, F extends AnyFunction | AnyTask>(
    name: LegalName<K>,
    fn: F,
  ): TaskSpace<Name, T & Readonly<Record<K, F>>>
  /** Add a task with options. */
  task<K extends string, F extends AnyFunction>(
    name: LegalName<K>,
    options: PlainTaskOptions,
    fn: F,
  ): TaskSpace<Name, T & Readonly<Record<K, F & Task<Parameters<F>, ReturnType<F>>>>>
  /** Add a task whose only argument is checked by a schema. */
  task<K extends string, I extends StandardSchemaV1, O extends StandardSchemaV1 = NoSchema, R = unknown>(
    name: LegalName<K>,
    options: InputTaskOptions<I, O>,
    fn: (input: NoInfer<StandardSchemaV1.InferOutput<I>>) => R & Returned<O>,
  ): TaskSpace<Name, T & Readonly<Record<K, Task<[StandardSchemaV1.InferInput<I>], ResultWith<O, R>>>>>
  /** Add a task whose result is checked by a schema. */
  task<K extends string, O extends StandardSchemaV1, A extends readonly unknown[]>(
    name: LegalName<K>,
    options: OutputTaskOptions<O>,
    fn: (...args: A) => NoInfer<OutputOf<O>>,
  ): TaskSpace<Name, T & Readonly<Record<K, Task<A, StandardSchemaV1.InferOutput<O>>>>>
  /** Add a function under its own name, less `bound `. Types do not know a function's name, so that clients do not see it. */
  task(fn: AnyFunction): this
  task(
    nameOrFn: string | AnyFunction,
    optionsOrFn?: (TaskOptions & SchemaOptions) | AnyFunction | AnyTask,
    fn?: AnyFunction,
  ): unknown {
    if (typeof nameOrFn === 'function') this.#add(nameOfFunction(nameOrFn), nameOrFn)
    else if (fn === undefined) this.#add(nameOrFn, optionsOrFn)
    else this.#add(nameOrFn, taskWith(optionsOrFn as PlainTaskOptions, fn))
    return this
  }

  /** The tasks, each with its full name, in the order they were added. */
  definitions(): readonly TaskDefinition[] {
    return [...this.#definitions.values()]
  }

  #add(key: string, fn: unknown): void {
    checkName(key, 'task name')
    const name = this.#name === '' ? key : `${this.#name}.${key}`
    checkName(name, 'task name')
    checkFunction(fn, `'${name}' has none`)
    if (this.#definitions.has(name)) throw new TaskConflict(name)
    this.#definitions.set(name, Object.freeze({ ...(templateOf(fn) ?? taskTemplate({}, fn)), name }))
  }
}

/** Whether a value is a TaskSpace, from whichever copy of the package. */
export function isTaskSpace(value: unknown): value is TaskSpace<string> {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[SPACE] === true
}

function entriesOf(tasks: object | undefined): readonly (readonly [string, unknown])[] {
  if (tasks === undefined) return []
  const prototype: unknown = typeof tasks === 'object' && tasks !== null && Object.getPrototypeOf(tasks)
  if (prototype === null || prototype === Object.prototype) return Object.entries(tasks)
  throw new InvalidArgument('tasks', `invalid tasks: ${shownValue(tasks)} is not a plain object of functions by name`)
}
