import type { StoredRunOptions } from '../backend/new-job.ts'
import { isDeferredLike } from '../deferred-brand.ts'
import { toMs } from '../duration.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import { checkTransaction } from '../transaction.ts'
import type { AllOptions, CallOptions, Dependency } from './call-options.ts'
import { metaText } from './meta.ts'
import {
  checkLabel,
  checkOptionNames,
  invalidOption,
  parseBackoff,
  parseCount,
  parsePriority,
  parseResultTtl,
  parseTags,
  parseTimeout,
  parseWord,
} from './option-values.ts'
import { NO_OPTIONS, type ParsedOptions } from './parsed-options.ts'

/** Latest time there is, in the year 2255: its microseconds are still an exact integer. */
const LATEST_MS = Math.floor(Number.MAX_SAFE_INTEGER / 1000)

type Draft = { -readonly [K in keyof ParsedOptions]: ParsedOptions[K] }
type RunDraft = { -readonly [K in keyof StoredRunOptions]: StoredRunOptions[K] }

/**
 * Check the options of `.with()` and bring them into the form that calls share; done once for all calls made with them.
 *
 * @throws InvalidArgument naming the option: an unknown one, a value it cannot have (`invalid …`), `delay` together with
 * `runAt`, `ignoreResult` together with `resultTtl`.
 */
export function parseCallOptions(options: AllOptions): ParsedOptions {
  checkOptionNames(options, 'call options', KNOWN)
  const draft: Draft = {}
  const run: RunDraft = {}
  for (const [name, parse] of PARSERS) {
    const value: unknown = options[name]
    if (value !== undefined) parse(value as never, draft, run)
  }
  if (draft.delayMs !== undefined && draft.runAt !== undefined) throw exclusive('delay', 'runAt')
  if (draft.ignoreResult === true && draft.resultTtlMs !== undefined) throw exclusive('resultTtl', 'ignoreResult')
  if (Object.keys(run).length > 0) draft.run = Object.freeze(run)
  return Object.keys(draft).length === 0 ? NO_OPTIONS : Object.freeze(draft)
}

/**
 * The same for the defaults of a queue, which exclude `onError` and `ignoreResult`: these change the types of calls, so
 * they are given where the types can follow, by `queue.with(…)`.
 *
 * @throws InvalidArgument as `parseCallOptions`.
 */
export function parseQueueDefaults(defaults: CallOptions): ParsedOptions {
  const parsed = parseCallOptions(defaults)
  for (const name of ['onError', 'ignoreResult'] as const) {
    if (parsed[name] === undefined) continue
    throw new InvalidArgument(
      name,
      `invalid ${name}: it changes the type of calls; give it as queue.with({ ${name}: … })`,
    )
  }
  return parsed
}

/**
 * The id that the options give a call with these arguments; `undefined` if they leave it to the broker.
 *
 * @throws InvalidArgument if the function returns something that cannot be an id; whatever the function throws.
 */
export function idOf(options: ParsedOptions, args: readonly unknown[]): string | undefined {
  if (typeof options.id !== 'function') return options.id
  const id = options.id(...args)
  checkLabel('id', id)
  return id
}

type Parse<V> = (value: NonNullable<V>, draft: Draft, run: RunDraft) => void

const EVERY: { readonly [K in keyof Required<AllOptions>]: Parse<AllOptions[K]> } = {
  id: (value, draft) => {
    if (typeof value !== 'function') checkLabel('id', value)
    draft.id = value
  },
  onDuplicate: (value, draft) => {
    draft.onDuplicate = parseWord('onDuplicate', value, ['reject', 'replace', 'return'])
  },
  reuseIdWhen: (value, draft) => {
    draft.reuseEnded = parseWord('reuseIdWhen', value, ['removed', 'complete']) === 'complete'
  },
  priority: (value, draft) => {
    draft.priority = parsePriority(value)
  },
  delay: (value, draft) => {
    draft.delayMs = toMs(value, 'delay')
  },
  runAt: (value, draft) => {
    draft.runAt = parseTime(value)
  },
  dependsOn: (value, draft) => {
    draft.dependsOn = parseDependencies(value)
  },
  retries: (value, _draft, run) => {
    run.retries = parseCount('retries', value, 0)
  },
  backoff: (value, _draft, run) => {
    run.backoff = parseBackoff(value)
  },
  timeout: (value, _draft, run) => {
    run.timeoutMs = parseTimeout(value)
  },
  maxCrashes: (value, draft) => {
    draft.maxCrashes = parseCount('maxCrashes', value, 1)
  },
  resultTtl: (value, draft) => {
    draft.resultTtlMs = parseResultTtl(value)
  },
  tags: (value, draft) => {
    draft.tags = parseTags(value)
  },
  tx: (value, draft) => {
    draft.tx = checkTransaction(value)
  },
  meta: (value, draft) => {
    draft.meta = metaText(value)
  },
  onError: (value, draft) => {
    draft.onError = parseWord('onError', value, ['fail', 'pass', 'wait'])
  },
  ignoreResult: (value, draft) => {
    if (typeof value !== 'boolean') throw invalidOption('ignoreResult', value, 'is not a boolean')
    draft.ignoreResult = value
  },
}

const PARSERS = Object.entries(EVERY) as [keyof AllOptions, Parse<never>][]
const KNOWN: ReadonlySet<string> = new Set(Object.keys(EVERY))

function parseTime(value: unknown): number {
  const ms = value instanceof Date ? value.getTime() : value
  if (typeof ms === 'number' && ms >= 0 && ms <= LATEST_MS) return Math.round(ms)
  throw invalidOption('runAt', value, 'is neither a valid Date nor milliseconds since the epoch')
}

function parseDependencies(value: unknown): readonly Dependency[] {
  const dependencies: readonly unknown[] = Array.isArray(value) ? value : [value]
  for (const dependency of dependencies) {
    if (!isDeferredLike(dependency)) checkLabel('dependsOn', dependency)
  }
  return Object.freeze([...new Set(dependencies as readonly Dependency[])])
}

function exclusive(field: string, other: string): InvalidArgument {
  return new InvalidArgument(field, `invalid ${field}: it cannot be given together with ${other}`)
}
