import type { StandardSchemaV1 } from '@standard-schema/spec'
import { DEFAULT_MAX_CRASHES, DEFAULT_RESULT_TTL_MS } from '../backend/limits.ts'
import type { StoredRunOptions } from '../backend/new-job.ts'
import { toMs } from '../duration.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import {
  checkOptionNames,
  invalidOption,
  parseBackoff,
  parseCount,
  parsePriority,
  parseResultTtl,
  parseTags,
  parseTimeout,
} from '../queue/option-values.ts'
import { NO_OPTIONS, type ParsedOptions } from '../queue/parsed-options.ts'
import { type Backoff, NO_BACKOFF, type TaskBackoff } from './backoff.ts'
import type { SchemaOptions, TaskOptions } from './task-options.ts'

/** A task's function as `callTask` calls it: with the decoded arguments. */
export type TaskFunction = (...args: readonly unknown[]) => unknown

/** How an attempt runs, with every default filled in. */
export interface RunPolicy {
  /** Longest run of one attempt; `undefined`: none. */
  readonly timeoutMs: number | undefined
  readonly retries: number
  readonly backoff: TaskBackoff
}

/** A task as the run-time sees it, but for its name. */
export interface TaskTemplate extends RunPolicy {
  readonly fn: TaskFunction
  readonly maxCrashes: number
  /** `Infinity` is for ever. */
  readonly resultTtlMs: number
  readonly input: StandardSchemaV1 | undefined
  readonly output: StandardSchemaV1 | undefined
  /** `priority`, `tags` and `delay`, for the broker that enqueues; `NO_OPTIONS` if none is given. */
  readonly enqueue: ParsedOptions
}

/** A task as the run-time sees it. */
export interface TaskDefinition extends TaskTemplate {
  /** Full name, such as `math.add`. */
  readonly name: string
}

/**
 * Check the options of a task and fill in the defaults.
 *
 * @throws InvalidArgument naming the option: an unknown one, or a value that it cannot have (`invalid …`).
 */
export function taskTemplate(options: TaskOptions & SchemaOptions, fn: TaskFunction): TaskTemplate {
  checkOptionNames(options, 'task options', KNOWN)
  const { timeout, retries, backoff, maxCrashes, resultTtl, input, output } = options
  return Object.freeze({
    fn,
    timeoutMs: timeout === undefined ? undefined : parseTimeout(timeout),
    retries: retries === undefined ? 0 : parseCount('retries', retries, 0),
    backoff: parseTaskBackoff(backoff),
    maxCrashes: maxCrashes === undefined ? DEFAULT_MAX_CRASHES : parseCount('maxCrashes', maxCrashes, 1),
    resultTtlMs: resultTtl === undefined ? DEFAULT_RESULT_TTL_MS : parseResultTtl(resultTtl),
    input: parseSchema('input', input),
    output: parseSchema('output', output),
    enqueue: enqueueDefaults(options),
  })
}

/** Call the task's function, without a `this` of ours; what it throws or returns, a promise or not, is its own. */
export function callTask({ fn }: TaskTemplate, args: readonly unknown[]): unknown {
  return fn(...args)
}

/** How an attempt runs: what was given with the call, then the task's options. Allocates nothing if nothing was given. */
export function runPolicy(task: RunPolicy, given: StoredRunOptions | undefined): RunPolicy {
  if (given === undefined) return task
  return {
    timeoutMs: given.timeoutMs ?? task.timeoutMs,
    retries: given.retries ?? task.retries,
    backoff: given.backoff ?? task.backoff,
  }
}

const KNOWN: ReadonlySet<string> = new Set<keyof (TaskOptions & SchemaOptions)>([
  'timeout',
  'retries',
  'backoff',
  'maxCrashes',
  'resultTtl',
  'input',
  'output',
  'priority',
  'tags',
  'delay',
])

function parseTaskBackoff(backoff: Backoff | undefined): TaskBackoff {
  if (backoff === undefined) return NO_BACKOFF
  return typeof backoff === 'function' ? backoff : parseBackoff(backoff)
}

function enqueueDefaults({ priority, tags, delay }: TaskOptions): ParsedOptions {
  if (priority === undefined && tags === undefined && delay === undefined) return NO_OPTIONS
  return Object.freeze({
    ...(priority !== undefined && { priority: parsePriority(priority) }),
    ...(tags !== undefined && { tags: parseTags(tags) }),
    ...(delay !== undefined && { delayMs: toMs(delay, 'delay') }),
  })
}

function parseSchema(field: string, schema: unknown): StandardSchemaV1 | undefined {
  if (schema === undefined) return undefined
  if (isStandardSchema(schema)) return schema
  throw invalidOption(field, schema, "is not a Standard Schema (it has no '~standard')")
}

// Some libraries' schemas are functions.
function isStandardSchema(schema: unknown): schema is StandardSchemaV1 {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null) return false
  const standard = (schema as Partial<StandardSchemaV1>)['~standard']
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function'
}

/** Refuse what is not a function to make a task of. */
export function checkFunction(fn: unknown, forms: string): asserts fn is TaskFunction {
  if (typeof fn === 'function') return
  throw new InvalidArgument('fn', `a task needs a function: ${forms}`)
}
