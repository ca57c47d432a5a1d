import type { Clock } from './backend/clock.ts'
import { MAX_PAYLOAD_BYTES } from './backend/limits.ts'
import type { OnEnqueueError } from './client/enqueue-report.ts'
import type { Codec } from './codec/codec.ts'
import { SuperjsonCodec } from './codec/superjson-codec.ts'
import { type Duration, toMs } from './duration.ts'
import { consoleLogger, type Logger } from './logger.ts'
import { checkLabel, checkOptionNames, invalidOption } from './queue/option-values.ts'

/** Where everything of a broker lives unless it is told otherwise. */
export const DEFAULT_NAMESPACE = 'taskspace'

/** Options of a broker. */
export interface BrokerOptions {
  /** Turns arguments and results into payloads and back; all processes of a namespace need the same. Default `SuperjsonCodec`. */
  readonly codec?: Codec | undefined
  /** Where the library reports what it did by itself; default: warnings and errors to the console. */
  readonly logger?: Logger | undefined
  /**
   * Told once for all calls that travelled together if some could not be stored and nobody has looked at any of them: the
   * first error, and the handles of those that failed. Default: an unhandled rejection with that error.
   */
  readonly onEnqueueError?: OnEnqueueError | undefined
  /** How long after it was made a call is given up if the backend does not answer; default 10 seconds. */
  readonly enqueueTimeout?: Duration | undefined
  /** Largest payload, the arguments or the result of one job, in bytes; default 32 MB. */
  readonly maxPayloadBytes?: number | undefined
  /** Where time comes from; only with the memory backend, which must have the same one. Default: the machine's. */
  readonly clock?: Clock | undefined
}

/** Options of `getBroker`. */
export interface GetBrokerOptions extends BrokerOptions {
  /** What is of one namespace is apart from everything of another. Default `?namespace=` of the URL, else `taskspace`. */
  readonly namespace?: string | undefined
}

/** Options once checked, every default filled in. */
export interface BrokerSetup {
  readonly codec: Codec
  readonly logger: Logger
  readonly onEnqueueError: OnEnqueueError | undefined
  readonly enqueueTimeoutMs: number
  readonly maxPayloadBytes: number
  readonly clock: Clock | undefined
}

const KNOWN: ReadonlySet<string> = new Set<keyof BrokerOptions>([
  'codec',
  'logger',
  'onEnqueueError',
  'enqueueTimeout',
  'maxPayloadBytes',
  'clock',
])

const KNOWN_WITH_URL: ReadonlySet<string> = new Set([...KNOWN, 'namespace'])

/** Refuse options that `getBroker` does not have. @throws InvalidArgument naming the option. */
export function checkGetBrokerOptions(options: GetBrokerOptions): void {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', options, 'is not an object')
  checkOptionNames(options, 'broker options', KNOWN_WITH_URL)
}

/**
 * Check the options of a broker.
 *
 * @throws InvalidArgument naming the option.
 */
export function parseBrokerOptions(options: BrokerOptions): BrokerSetup {
  checkOptionNames(options, 'broker options', KNOWN)
  const { codec, logger, onEnqueueError, enqueueTimeout = 10_000, maxPayloadBytes = MAX_PAYLOAD_BYTES, clock } = options
  if (!Number.isSafeInteger(maxPayloadBytes) || maxPayloadBytes < 1) {
    throw invalidOption('maxPayloadBytes', maxPayloadBytes, 'is not a whole number above 0')
  }
  if (onEnqueueError !== undefined && typeof onEnqueueError !== 'function') {
    throw invalidOption('onEnqueueError', onEnqueueError, 'is not a function')
  }
  checkMethods('codec', codec, ['encode', 'decode', 'encodeArguments', 'decodeArguments'])
  checkMethods('logger', logger, ['debug', 'info', 'warn', 'error'])
  checkMethods('clock', clock, ['now', 'setTimer'])
  return {
    codec: codec ?? new SuperjsonCodec({ maxPayloadBytes }),
    logger: logger ?? consoleLogger,
    onEnqueueError,
    enqueueTimeoutMs: toMs(enqueueTimeout, 'enqueueTimeout', { positive: true }),
    maxPayloadBytes,
    clock,
  }
}

/** Check a namespace. @throws InvalidArgument */
export function checkNamespace(namespace: unknown): asserts namespace is string {
  checkLabel('namespace', namespace)
}

function checkMethods(field: string, value: unknown, methods: readonly string[]): void {
  if (value === undefined) return
  const missing = methods.find((name) => typeof (value as Record<string, unknown> | null)?.[name] !== 'function')
  if (missing !== undefined) throw invalidOption(field, value, `has no method '${missing}'`)
}
