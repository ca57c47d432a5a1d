import { createRequire } from 'node:module'
import type { ResourceLimits } from 'node:worker_threads'
import { InvalidArgument } from '@taskspace/core'
import type { IsolatedPoolOptions } from '@taskspace/core/pool'
import type { ThreadSettings } from './thread-settings.ts'

/** Options of a `ThreadPool`. */
export interface ThreadPoolOptions extends IsolatedPoolOptions {
  /**
   * Limits of the heap and the stack of each thread, in MB, as of Node's `Worker`: `{ maxOldGenerationSizeMb: 256 }`. A job
   * that goes beyond crashes (`out-of-memory`), and no other with it.
   */
  readonly resourceLimits?: ThreadLimits | undefined
  /** Variables of the environment to set, besides this process's own; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Options of Node for the threads, such as `['--conditions=development']`; default those of this process. */
  readonly execArgv?: readonly string[] | undefined
  /** Added to the niceness of the threads, 0 … 19. Default 0. Refused where threads have none of their own: not on Linux. */
  readonly nice?: number | undefined
}

/** See `ThreadPoolOptions.resourceLimits`. */
export type ThreadLimits = Readonly<Pick<ResourceLimits, (typeof LIMITS)[number]>>

const LIMITS = ['maxOldGenerationSizeMb', 'maxYoungGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'] as const
const MOST_NICE = 19

/** Names of the options that only this kind of pool has. */
export const THREAD_OPTIONS = ['resourceLimits', 'env', 'execArgv', 'nice'] as const satisfies readonly Exclude<
  keyof ThreadPoolOptions,
  keyof IsolatedPoolOptions
>[]

/** Check the options. @throws InvalidArgument naming the option. */
export function threadSettings(
  { resourceLimits = {}, env, execArgv, nice = 0 }: Pick<ThreadPoolOptions, (typeof THREAD_OPTIONS)[number]>,
  entry: string,
): ThreadSettings {
  checkLimits(resourceLimits)
  if (execArgv !== undefined && !(Array.isArray(execArgv) && execArgv.every(isText))) {
    throw invalid('execArgv', 'is not an array of strings')
  }
  if (env !== undefined && !isEnvironment(env)) throw invalid('env', 'is not an object of strings')
  checkNice(nice)
  return { entry, resourceLimits: { ...resourceLimits }, env, execArgv, nice }
}

function checkLimits(limits: unknown): void {
  if (typeof limits !== 'object' || limits === null) throw invalid('resourceLimits', 'is not an object')
  for (const [name, value] of Object.entries(limits)) {
    if (!LIMITS.some((known) => known === name))
      throw invalid('resourceLimits', `has no '${name}', but ${LIMITS.join(', ')}`)
    if (!(Number.isFinite(value) && value > 0)) throw invalid(`resourceLimits.${name}`, 'is not a number of MB above 0')
  }
}

// What piscina cannot do it passes over in silence.
function checkNice(nice: number): void {
  if (!(Number.isInteger(nice) && nice >= 0 && nice <= MOST_NICE)) {
    throw invalid('nice', `is not an integer from 0 to ${MOST_NICE}`)
  }
  if (nice === 0) return
  if (process.platform !== 'linux')
    throw invalid('nice', 'is for Linux only: elsewhere it would be that of the process')
  try {
    const piscina = createRequire(import.meta.url).resolve('piscina')
    createRequire(piscina)('@napi-rs/nice')
  } catch (cause) {
    throw invalid('nice', `needs @napi-rs/nice, which cannot be loaded (${String(cause)})`)
  }
}

function isEnvironment(env: unknown): boolean {
  if (typeof env !== 'object' || env === null || Array.isArray(env)) return false
  return Object.values(env).every((value) => value === undefined || isText(value))
}

// A null byte would end the text early.
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0')
}

function invalid(field: string, reason: string): InvalidArgument {
  return new InvalidArgument(field, `invalid ${field}: it ${reason}`)
}
