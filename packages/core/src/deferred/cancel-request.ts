import type { Cascade } from '../backend/command.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import type { CancelOptions } from '../queue/deferred.ts'
import { checkOptionNames, invalidOption, parseWord } from '../queue/option-values.ts'
import { isIllFormed } from '../tasks/task-name.ts'

/** Longest reason for a cancel, in UTF-16 units. */
const MAX_REASON_LENGTH = 2048

const KNOWN: ReadonlySet<string> = new Set<keyof CancelOptions>(['reason', 'cascade'])

/** A cancel as the contract takes it. */
export interface CancelRequest {
  readonly reason: string
  readonly cascade: Cascade
}

/**
 * Check what `cancel` was given: a reason, or options.
 *
 * @throws InvalidArgument naming the option.
 */
export function parseCancel(request: string | CancelOptions = {}): CancelRequest {
  if (typeof request === 'string') return { reason: checkedReason(request), cascade: 'refuse' }
  checkOptionNames(request, 'cancel options', KNOWN)
  const { reason = '', cascade = 'refuse' } = request
  return { reason: checkedReason(reason), cascade: parseWord('cascade', cascade, ['refuse', 'cancel', 'release']) }
}

function checkedReason(reason: unknown): string {
  if (typeof reason !== 'string') throw invalidOption('reason', reason, 'is not a string')
  if (isIllFormed(reason)) throw invalidOption('reason', reason, 'holds half a character (a lone surrogate)')
  if (reason.length <= MAX_REASON_LENGTH) return reason
  throw new InvalidArgument('reason', `invalid reason: longer than ${MAX_REASON_LENGTH} characters`)
}
