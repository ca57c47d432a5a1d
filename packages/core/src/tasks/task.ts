import type { StandardSchemaV1 } from '@standard-schema/spec'
import { InvalidArgument } from '../errors/usage-errors.ts'
import type { DeferredRef } from '../queue/deferred.ts'
import { callTask, checkFunction, type TaskFunction, type TaskTemplate, taskTemplate } from './task-definition.ts'
import type { SchemaOptions, TaskOptions } from './task-options.ts'

/** A function that can be a task. */
export type AnyFunction = (...args: never) => unknown

/** What a task takes and returns, where options or schemas come with it. Exists in types alone. */
export interface Task<A extends readonly unknown[], R> {
  readonly '~task': { readonly args: A; readonly result: R }
}

/** Any task made by `task()`. */
export type AnyTask = Task<readonly unknown[], unknown>

/** Options of a task that has no schema. */
export type PlainTaskOptions = TaskOptions & { readonly input?: never; readonly output?: never }

/** Options of a task with a schema for its argument, and perhaps one for its result. */
export type InputTaskOptions<I, O> = TaskOptions & { readonly input: I; readonly output?: O }

/** Options of a task with a schema for its result alone. */
export type OutputTaskOptions<O> = TaskOptions & { readonly input?: never; readonly output: O }

/** A schema that says nothing: the one of a task without `output`. */
export type NoSchema = StandardSchemaV1<unknown, never>

/** What a function may return that has the schema `O` for its result; anything without one. */
export type Returned<O extends StandardSchemaV1> = [StandardSchemaV1.InferOutput<O>] extends [never]
  ? unknown
  : OutputOf<O>

/** What the schema `O` takes, now or later, or a Deferred of what it gives, which it is not applied to. */
export type OutputOf<O extends StandardSchemaV1> =
  | StandardSchemaV1.InferInput<O>
  | Promise<StandardSchemaV1.InferInput<O>>
  | DeferredRef<StandardSchemaV1.InferOutput<O>>

/** The result that callers get of a task whose function returns `R` and whose result has the schema `O`. */
export type ResultWith<O extends StandardSchemaV1, R> = [StandardSchemaV1.InferOutput<O>] extends [never]
  ? R
  : StandardSchemaV1.InferOutput<O>

/**
 * A task with options, for a `TaskSpace`. The function itself can still be called, as in a test of one's own, if no schema
 * stands between it and its callers.
 *
 * @throws InvalidArgument for options that cannot be used, and for what is not a function.
 */
export function task<F extends AnyFunction>(options: PlainTaskOptions, fn: F): F & Task<Parameters<F>, ReturnType<F>>
/** A task whose only argument is checked by a schema. */
export function task<I extends StandardSchemaV1, O extends StandardSchemaV1 = NoSchema, R = unknown>(
  options: InputTaskOptions<I, O>,
  fn: (input: NoInfer<StandardSchemaV1.InferOutput<I>>) => R & Returned<O>,
): Task<[StandardSchemaV1.InferInput<I>], ResultWith<O, R>>
/** A task whose result is checked by a schema. */
export function task<O extends StandardSchemaV1, A extends readonly unknown[]>(
  options: OutputTaskOptions<O>,
  fn: (...args: A) => NoInfer<OutputOf<O>>,
): Task<A, StandardSchemaV1.InferOutput<O>>
export function task(options: TaskOptions & SchemaOptions, fn: unknown): unknown {
  checkFunction(fn, FORMS)
  if (templateOf(fn) !== undefined) throw new InvalidArgument('fn', 'the function is a task with options already')

  const template = taskTemplate(options, fn)
  // The user's function is not marked itself: it may be another task, with other options, as well.
  const marked = (...args: readonly unknown[]): unknown => callTask(template, args)
  Object.defineProperty(marked, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(marked, TEMPLATE, { value: template })
  return marked
}

const FORMS = 'give a plain function to TaskSpace, or use task(options, fn)'
const TEMPLATE: unique symbol = Symbol.for('taskspace/task')

/** What `task()` made of a function, from whichever copy of the package; `undefined` for a plain one. */
export function templateOf(fn: TaskFunction): TaskTemplate | undefined {
  return (fn as { readonly [TEMPLATE]?: TaskTemplate })[TEMPLATE]
}
