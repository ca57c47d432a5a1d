import { type Call, EarlyCall, SessionEnded, SessionUnknown, StaleCall, VersionMismatch } from '@taskspace/core/backend'
import { escapeName } from '../keys.ts'
import type { Packer } from '../wire/packer.ts'
import { Unpacker } from '../wire/unpacker.ts'

/** Who asked: a session, and its call if it was a numbered one. */
export interface Asking {
  readonly session?: string
  readonly call?: Call
}

/**
 * What a script answered, past its `ok`.
 *
 * @throws SessionUnknown, SessionEnded, StaleCall, EarlyCall, VersionMismatch as the script says.
 */
export function answerOf(reply: unknown, { call, session = call?.session ?? '' }: Asking = {}): Unpacker {
  const unpacker = new Unpacker(reply as Buffer)
  unpacker.array()
  const status = unpacker.text()
  if (status === 'ok') return unpacker
  if (status === 'unknown') throw new SessionUnknown(session)
  if (status === 'ended') throw new SessionEnded(session)
  if (status === 'stale') throw staleCall(unpacker, session, call)
  if (status === 'early') throw new EarlyCall(`a call of session ${session} came before the one that it is to follow`)
  throw new VersionMismatch(
    'the namespace was written by a later version of @taskspace/redis, which this one cannot read',
  )
}

/** Write a call as scripts read it. */
export function packCall(packer: Packer, { session, epoch, lane, number, after }: Call): void {
  packer.array(after === undefined ? 4 : 6)
  packer.text(escapeName(session)).number(epoch).number(lane).number(number)
  if (after !== undefined) packer.number(after.lane).number(after.number)
}

function staleCall(unpacker: Unpacker, session: string, call: Call | undefined): StaleCall {
  const what = unpacker.text()
  const now = unpacker.number()
  const reason = what === 'epoch' ? `the session is in epoch ${now}` : `call ${now} of its lane was applied since`
  const which = call === undefined ? 'a call' : `call ${call.number}, epoch ${call.epoch},`
  return new StaleCall(`${which} of session ${session} came too late: ${reason}`)
}
