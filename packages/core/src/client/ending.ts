import type { JobState } from '../backend/job-state.ts'
import type { JobOutcome } from '../backend/outcome.ts'
import type { Payload } from '../backend/payload.ts'
import type { Codec } from '../codec/codec.ts'
import type { JobEntry } from '../deferred/job-entry.ts'
import { EXPIRED_TEXT } from '../errors/failure-record.ts'
import { ResultIgnored } from '../errors/job-errors.ts'
import { TaskExpired } from '../errors/task-failure.ts'
import { decodeFailure } from './decode-failure.ts'
import { decodeValue } from './decode-value.ts'

/** An outcome whose value has to be read first. */
export type LargeOutcome = Extract<JobOutcome, { readonly large: unknown }>

/** An outcome that is complete. */
export type SmallOutcome = Exclude<JobOutcome, { readonly large: unknown }>

/** How a job ended, decoded: the same for every handle on it. */
export type Ending =
  | { readonly phase: 'value' | 'failure'; readonly held: unknown; readonly state: JobState }
  | { readonly phase: 'gone' | 'ignored' }

const GONE: Ending = Object.freeze({ phase: 'gone' })
const IGNORED: Ending = Object.freeze({ phase: 'ignored' })

/** Decode an outcome; what is wrong with its bytes is then the failure. */
export function endingOf(codec: Codec, outcome: SmallOutcome): Ending {
  if (outcome.state === 'success') return endingWith(codec, outcome.value)
  if (!('failure' in outcome)) return outcome.state === 'gone' ? GONE : IGNORED
  return { phase: 'failure', held: decodeFailure(codec, outcome.failure), state: outcome.state }
}

/** The end of a job with this result; `undefined` if the result is gone. */
export function endingWith(codec: Codec, value: Payload | undefined): Ending {
  if (value === undefined) return GONE
  try {
    return { phase: 'value', held: decodeValue(codec, value), state: 'success' }
  } catch (error) {
    return { phase: 'failure', held: error, state: 'success' }
  }
}

/** Tell a handle how its job ended. */
export function settleEntry(entry: JobEntry, ending: Ending): void {
  if (ending.phase === 'value' || ending.phase === 'failure') entry.settle(ending.phase, ending.held, ending.state)
  else if (ending.phase === 'gone' && entry.phase === 'unknown') entry.refuse(entry.held)
  else if (ending.phase === 'ignored' || entry.ignoresResult) settleIgnored(entry)
  else settleGone(entry)
}

function settleIgnored(entry: JobEntry): void {
  entry.settle('failure', new ResultIgnored(entry.id), 'success')
}

function settleGone(entry: JobEntry): void {
  const { id, name, queue } = entry
  entry.settle('failure', new TaskExpired({ task: name, queue, id, text: EXPIRED_TEXT, kind: 'expired' }), undefined)
}
