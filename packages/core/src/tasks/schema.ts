import type { StandardSchemaV1 } from '@standard-schema/spec'
import { SchemaRejected } from '../errors/usage-errors.ts'
import type { TaskDefinition } from './task-definition.ts'

const MAX_ISSUES = 20
const MAX_ISSUE_LENGTH = 400

/** A value that passed a schema; wrapped, since a bare one with a `then` would be taken for a promise. */
export interface Validated {
  readonly value: unknown
}

/**
 * The arguments to call the task's function with: the schema's output where it has an `input`, else the same ones. A
 * promise only if the schema is asynchronous.
 *
 * Before a call is enqueued its output is thrown away and the original sent, since the worker applies the schema again.
 *
 * @throws SchemaRejected naming the task, the path and what is wrong; or rejects with it.
 */
export function validateInput(
  task: TaskDefinition,
  args: readonly unknown[],
): readonly unknown[] | Promise<readonly unknown[]> {
  if (task.input === undefined) return args
  if (args.length > 1) {
    throw new SchemaRejected(`input of task '${task.name}' rejected`, [`takes one argument, not ${args.length}`])
  }
  const validated = validate(task.input, args[0], task, 'input')
  return validated instanceof Promise ? validated.then(({ value }) => [value]) : [validated.value]
}

/**
 * The value to store as the task's result: the schema's output where it has an `output`, else the same one. Not for a
 * Deferred that the task returned.
 *
 * @throws SchemaRejected naming the task, the path and what is wrong; or rejects with it.
 */
export function validateOutput(task: TaskDefinition, value: unknown): Validated | Promise<Validated> {
  return task.output === undefined ? { value } : validate(task.output, value, task, 'output')
}

function validate(
  schema: StandardSchemaV1,
  value: unknown,
  task: TaskDefinition,
  side: 'input' | 'output',
): Validated | Promise<Validated> {
  const accepted = (result: StandardSchemaV1.Result<unknown>): Validated => {
    if (result.issues === undefined) return { value: result.value }
    throw new SchemaRejected(`${side} of task '${task.name}' rejected`, issueTexts(result.issues, value, side))
  }
  const result = schema['~standard'].validate(value)
  return isThenable(result) ? Promise.resolve(result).then(accepted) : accepted(result)
}

function isThenable<T extends object>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>>).then === 'function'
}

// What is missing comes first, as it is the first thing to mend.
function issueTexts(issues: readonly StandardSchemaV1.Issue[], value: unknown, side: string): readonly string[] {
  const missing: string[] = []
  const others: string[] = []
  for (const issue of issues) {
    const path = issue.path ?? []
    const message = issue.message.slice(0, MAX_ISSUE_LENGTH)
    const place = pathText(path).slice(0, MAX_ISSUE_LENGTH)
    if (path.length === 0) others.push(message)
    else if (isMissing(value, path)) missing.push(`missing required ${side}: \`${place}\` (${message})`)
    else others.push(`${place} -> ${message}`)
  }
  const texts = [...missing, ...others]
  if (texts.length <= MAX_ISSUES) return texts
  return [...texts.slice(0, MAX_ISSUES), `and ${texts.length - MAX_ISSUES} more`]
}

type Path = NonNullable<StandardSchemaV1.Issue['path']>

function pathText(path: Path): string {
  const parts = path.map((part, index) => {
    const key = keyOf(part)
    if (typeof key === 'number') return `[${key}]`
    return index === 0 ? String(key) : `.${String(key)}`
  })
  return parts.join('')
}

function isMissing(value: unknown, path: Path): boolean {
  let found: unknown = value
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return false
    if (!Object.hasOwn(found, keyOf(part))) return true
    found = (found as Record<PropertyKey, unknown>)[keyOf(part)]
  }
  return found === undefined
}

function keyOf(part: Path[number]): PropertyKey {
  return typeof part === 'object' ? part.key : part
}
