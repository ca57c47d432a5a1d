import { availableParallelism } from 'node:os'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Duration, toMs } from '../../duration.ts'
import { invalidOption, parseCount } from '../../queue/option-values.ts'
import type { PoolOptions } from '../pool-options.ts'

/** Options of pools whose jobs run in workers of their own. */
export interface IsolatedPoolOptions extends PoolOptions {
  /**
   * File URL or absolute path of the module that holds the tasks: each export that is a `TaskSpace`, and what its default
   * export gives if that is a function. It is loaded once by each worker. `new URL('./tasks.js', import.meta.url)`.
   */
  readonly module: URL | string
  /** Arguments of the module's default function, of any kind that a task takes. Default none. */
  readonly args?: readonly unknown[] | undefined
  /** How many workers; the same as `minWorkers` and `maxWorkers` of that number. Default: one for each processor. */
  readonly workers?: number | undefined
  /** Workers that are kept though there is nothing to do; default `workers`. */
  readonly minWorkers?: number | undefined
  /** Workers that there may be while jobs wait; default `workers`, or `minWorkers` if that is more. */
  readonly maxWorkers?: number | undefined
  /** Jobs that one worker runs at once, on its event loop; default 1. A crash takes all of a worker's jobs with it. */
  readonly concurrency?: number | undefined
  /** Jobs after which a worker is replaced; default `Infinity`. */
  readonly maxJobsPerWorker?: number | undefined
  /** Memory, in bytes, above which a worker is replaced, between two jobs; default `Infinity`. */
  readonly maxMemory?: number | undefined
  /** How long a worker may take to load its module; default 30 s. */
  readonly startTimeout?: Duration | undefined
  /** How long a worker above `minWorkers` is kept that has nothing to do; default 5 s. */
  readonly idleTimeout?: Duration | undefined
}

/** Checked options. */
export interface IsolatedSettings {
  readonly module: string
  readonly args: readonly unknown[]
  readonly minWorkers: number
  readonly maxWorkers: number
  readonly concurrency: number
  readonly maxJobsPerWorker: number
  /** `undefined`: no limit. */
  readonly maxMemoryBytes: number | undefined
  readonly startTimeoutMs: number
  readonly idleMs: number
}

/** Names of the options that isolated pools have besides those of every pool. */
export const ISOLATED_OPTIONS = [
  'module',
  'args',
  'workers',
  'minWorkers',
  'maxWorkers',
  'concurrency',
  'maxJobsPerWorker',
  'maxMemory',
  'startTimeout',
  'idleTimeout',
] as const satisfies readonly (keyof IsolatedPoolOptions)[]

/** Most workers of one pool, and most jobs of one worker at once. */
const MAX_WORKERS = 1_000
const MAX_CONCURRENCY = 10_000

const START_TIMEOUT_MS = 30_000
const IDLE_MS = 5_000

/** Check the options and fill in the defaults. @throws InvalidArgument naming the option. */
export function isolatedSettings(options: IsolatedPoolOptions): IsolatedSettings {
  const { args = [], concurrency = 1, maxJobsPerWorker, maxMemory, startTimeout, idleTimeout } = options
  if (!Array.isArray(args)) throw invalidOption('args', args, 'is not an array')
  return {
    module: moduleUrl(options.module),
    args,
    ...workerLimits(options),
    concurrency: parseLimited('concurrency', concurrency, 1, MAX_CONCURRENCY),
    maxJobsPerWorker: parseCount('maxJobsPerWorker', maxJobsPerWorker ?? Number.POSITIVE_INFINITY, 1),
    maxMemoryBytes: parseMemory(maxMemory),
    startTimeoutMs:
      startTimeout === undefined ? START_TIMEOUT_MS : toMs(startTimeout, 'startTimeout', { positive: true }),
    idleMs: idleTimeout === undefined ? IDLE_MS : toMs(idleTimeout, 'idleTimeout'),
  }
}

function workerLimits({ workers, minWorkers, maxWorkers }: IsolatedPoolOptions) {
  const count = workers === undefined ? availableParallelism() : parseLimited('workers', workers, 1, MAX_WORKERS)
  const least = minWorkers === undefined ? undefined : parseLimited('minWorkers', minWorkers, 0, MAX_WORKERS)
  const most = maxWorkers === undefined ? undefined : parseLimited('maxWorkers', maxWorkers, 1, MAX_WORKERS)
  const max = most ?? Math.max(count, least ?? 0)
  const min = least ?? Math.min(count, max)
  if (min > max) throw invalidOption('minWorkers', min, `is more than maxWorkers, which is ${max}`)
  return { minWorkers: min, maxWorkers: max }
}

function parseLimited(field: string, value: unknown, least: number, most: number): number {
  const count = parseCount(field, value, least)
  if (count <= most) return count
  throw invalidOption(field, value, `is more than ${most}`)
}

function parseMemory(value: unknown): number | undefined {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return undefined
  if (typeof value === 'number' && value > 0) return value
  throw invalidOption('maxMemory', value, 'is not a number of bytes')
}

/** The file URL of a module that is given as such, or as an absolute path. @throws InvalidArgument */
export function moduleUrl(module: unknown): string {
  const isUrl = module instanceof URL || (typeof module === 'string' && module.startsWith('file:'))
  if (isUrl) {
    const { protocol, href } = new URL(module)
    if (protocol === 'file:') return href
  }
  if (typeof module === 'string' && isAbsolute(module)) return pathToFileURL(module).href
  throw invalidOption(
    'module',
    module,
    "is neither a file URL nor an absolute path; give new URL('./tasks.js', import.meta.url)",
  )
}
