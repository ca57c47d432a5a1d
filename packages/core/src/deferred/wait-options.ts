import type { ResultOptions, WaitOptions } from '../queue/deferred.ts'
import { checkOptionNames, invalidOption } from '../queue/option-values.ts'

const WAIT_OPTIONS: ReadonlySet<string> = new Set<keyof WaitOptions>(['signal'])
const RESULT_OPTIONS: ReadonlySet<string> = new Set<keyof ResultOptions>(['timeout', 'signal'])

/**
 * The signal among the options of something that waits.
 *
 * @throws InvalidArgument for an option that does not exist, and for what is no signal.
 */
export function waitSignal(options: WaitOptions): AbortSignal | undefined {
  checkOptionNames(options, 'wait options', WAIT_OPTIONS)
  return checkedSignal(options.signal)
}

/** The same for `result`; `timeout` is left as it is. */
export function resultSignal(options: ResultOptions): AbortSignal | undefined {
  checkOptionNames(options, 'result options', RESULT_OPTIONS)
  return checkedSignal(options.signal)
}

// By what it can do: one of a polyfill or another realm is as good.
function checkedSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined) return undefined
  const { aborted, addEventListener } = Object(signal) as Partial<AbortSignal>
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return signal as AbortSignal
  throw invalidOption('signal', signal, 'is not an AbortSignal')
}
