import { statSync } from 'node:fs'
import { InvalidArgument } from '@taskspace/core'
import type { IsolatedPoolOptions } from '@taskspace/core/pool'
import { answeringSignals, inheritedExecArgv, isDebugging } from './exec-arguments.ts'

/** Options of a `ProcessPool`. */
export interface ProcessPoolOptions extends IsolatedPoolOptions {
  /** Options of Node for the children; default those of this process but for debugging. */
  readonly execArgv?: readonly string[] | undefined
  /** Variables of the environment to set, besides this process's own; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Where the children work; default where this process does. */
  readonly cwd?: string | undefined
  /**
   * Give each process a folder of its own to work in, empty before and after each job and removed with the process: the
   * current folder of its jobs. Not with `concurrency` or `cwd`. Default false.
   */
  readonly sandbox?: boolean | undefined
  /** Let debuggers connect to each child, on a free port of 127.0.0.1, which is logged. Default false. */
  readonly inspect?: boolean | undefined
  /** Added to the niceness of the children, 0 … 19. Default 0. */
  readonly nice?: number | undefined
}

/** Checked options. */
export interface ProcessSettings {
  readonly execArgv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string | undefined
  readonly nice: number
  readonly captureOutput: boolean
  readonly sandbox: boolean
  /** The children listen for debuggers from the start; else they answer SIGUSR1 with where their code is. */
  readonly listens: boolean
}

/** Names of the options that only this kind of pool has. */
export const PROCESS_OPTIONS = [
  'execArgv',
  'env',
  'cwd',
  'nice',
  'sandbox',
  'inspect',
] as const satisfies readonly (keyof ProcessPoolOptions)[]

/** On a free port. */
const INSPECT = '--inspect=127.0.0.1:0'

/** Check the options. @throws InvalidArgument naming the option. */
export function processSettings(options: ProcessPoolOptions): ProcessSettings {
  const { execArgv, env = {}, cwd, nice = 0, captureOutput = true, sandbox = false, inspect = false } = options
  if (execArgv !== undefined && !(Array.isArray(execArgv) && execArgv.every(isText))) {
    throw invalid('execArgv', 'is not an array of strings')
  }
  if (!isEnvironment(env)) throw invalid('env', 'is not an object of strings')
  if (!(Number.isInteger(nice) && nice >= 0 && nice <= 19)) throw invalid('nice', 'is not an integer from 0 to 19')
  if (cwd !== undefined && !isFolder(cwd)) throw invalid('cwd', 'is not a folder')
  if (typeof inspect !== 'boolean') throw invalid('inspect', 'is not true or false')
  if (typeof sandbox !== 'boolean') throw invalid('sandbox', 'is not true or false')
  const isShared = cwd !== undefined || (options.concurrency ?? 1) !== 1
  if (sandbox && isShared) throw invalid('sandbox', 'goes neither with cwd nor with concurrency')
  const node = execArgv ?? inheritedExecArgv(process.execArgv)
  const listens = inspect || isDebugging(node, env.NODE_OPTIONS)
  const started = inspect ? [...node, INSPECT] : node
  return {
    execArgv: listens ? started : answeringSignals(node),
    ...{ env, cwd, nice, captureOutput, sandbox, listens },
  }
}

function invalid(field: string, reason: string): InvalidArgument {
  return new InvalidArgument(field, `invalid ${field}: it ${reason}`)
}

// A null byte would end the text early.
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0')
}

function isEnvironment(env: unknown): boolean {
  if (typeof env !== 'object' || env === null) return false
  return Object.entries(env).every(([name, value]) => isText(name) && (value === undefined || isText(value)))
}

function isFolder(path: unknown): boolean {
  return isText(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
