import type { OnDuplicate, OnError, StoredRunOptions } from '../backend/new-job.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import type { Transaction } from '../transaction.ts'
import type { Dependency } from './call-options.ts'

/** Call options once checked, as the contract stores them; absent where not given. Frozen, and shared by many calls. */
export interface ParsedOptions {
  readonly id?: string | ((...args: readonly unknown[]) => unknown)
  readonly onDuplicate?: OnDuplicate
  /** `reuseIdWhen: 'complete'`. */
  readonly reuseEnded?: boolean
  readonly priority?: number
  readonly delayMs?: number
  /** In ms since the epoch, of the backend's clock. */
  readonly runAt?: number
  readonly dependsOn?: readonly Dependency[]
  /** `timeout`, `retries` and `backoff`, for the worker that claims. */
  readonly run?: StoredRunOptions
  readonly maxCrashes?: number
  /** `Infinity` is for ever. */
  readonly resultTtlMs?: number
  readonly tags?: readonly string[]
  readonly tx?: Transaction
  /** JSON text. */
  readonly meta?: string
  readonly onError?: OnError
  readonly ignoreResult?: boolean
}

/** No option given. */
export const NO_OPTIONS: ParsedOptions = Object.freeze({})

/**
 * The options of `over`, and those of `under` that it leaves open. Applied from the call down it gives the precedence:
 * `.with()`, queue defaults, task options.
 *
 * `delay` and `runAt` are one choice, and a `resultTtl` below an `ignoreResult` means nothing: neither is inherited.
 *
 * @throws InvalidArgument if `over` sets a `resultTtl` where `under` keeps no result.
 */
export function mergeOptions(over: ParsedOptions, under: ParsedOptions): ParsedOptions {
  if (over === NO_OPTIONS) return under
  if (under === NO_OPTIONS) return over
  if (over.resultTtlMs !== undefined && over.ignoreResult === undefined && under.ignoreResult === true) {
    throw new InvalidArgument('resultTtl', 'invalid resultTtl: ignoreResult keeps no result')
  }
  const inherited: { -readonly [K in keyof ParsedOptions]: ParsedOptions[K] } = { ...under }
  if (over.runAt !== undefined) delete inherited.delayMs
  if (over.delayMs !== undefined) delete inherited.runAt
  if (over.ignoreResult === true) delete inherited.resultTtlMs
  if (over.run !== undefined) inherited.run = Object.freeze({ ...under.run, ...over.run })
  return Object.freeze({ ...inherited, ...over, ...(inherited.run !== undefined && { run: inherited.run }) })
}
