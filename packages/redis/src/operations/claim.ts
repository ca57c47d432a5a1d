import {
  type Call,
  type ClaimedJob,
  type ClaimedValue,
  type ClaimReply,
  type ClaimRequest,
  NOTHING_CLAIMED,
  type StoredRunOptions,
} from '@taskspace/core/backend'
import { Packer } from '../wire/packer.ts'
import type { Unpacker } from '../wire/unpacker.ts'
import { answerOf, packCall } from './answer.ts'
import { unpackFailure } from './failure.ts'

/** Most jobs that one script hands out, which is short so: whoever has room for more claims again. */
const MOST_CLAIMED = 256

const AHEAD = 1
const NARROW = 2

/** The queue whose name records leave out. */
const USUAL_QUEUE = 'default'

/** What a claim found. */
export interface Claimed {
  readonly reply: ClaimReply
  /** There may be more than it saw: it passed over so much that it stopped, or it was answered once before. */
  readonly isCut: boolean
}

/** What `claim.lua` is asked; `client`: who is to be woken if there is nothing. */
export function packClaim(call: Call, request: ClaimRequest, client: string | undefined): Buffer {
  const packer = new Packer().array(3)
  packCall(packer, call)
  packRequest(packer, request)
  return packer.maybe(client, (to, value) => to.text(value)).done
}

/** What `claim.lua` answered. */
export function unpackClaim(reply: unknown, call: Call): Claimed {
  return unpackClaimed(answerOf(reply, { call }))
}

/** Write what a claim asks for. */
export function packRequest(packer: Packer, { slots, ahead, bytes, queues }: ClaimRequest): void {
  const names = 'fair' in queues ? queues.fair : queues
  const most = Math.min(slots, MOST_CLAIMED)
  packer
    .array(5)
    .number(most)
    .number(Math.min(ahead, MOST_CLAIMED - most))
    .number(bytes)
  packer.list(names, (to, name) => to.text(name)).flag('fair' in queues)
}

/** Read what was claimed. */
export function unpackClaimed(unpacker: Unpacker): Claimed {
  unpacker.array()
  const jobs = unpackJobs(unpacker)
  const values = unpacker.list(unpackValue)
  const isCut = unpacker.flag()
  return { reply: jobs.length === 0 ? NOTHING_CLAIMED : { jobs, values }, isCut }
}

/** Jobs, most of which are of the same task and queue as the one before. */
function unpackJobs(unpacker: Unpacker): readonly ClaimedJob[] {
  let before: ClaimedJob | undefined
  return unpacker.list((from) => {
    before = unpackJob(from, before)
    return before
  })
}

/** A job, packed by hand in `claims.lua`; its last part as it stands in a record, where the usual queue has no name. */
function unpackJob(unpacker: Unpacker, before: ClaimedJob | undefined): ClaimedJob {
  const from = unpacker.inner()
  const id = from.idOf(from.fixed(2))
  const token = unpackToken(from)
  const attempt = from.fixed(4)
  const failures = from.fixed(4)
  const crashes = from.fixed(4)
  const series = from.fixed(4)
  const priority = from.fixed(4) | 0
  const flags = from.fixed(1)
  const rest = from.fixed(4) === 0 ? undefined : unpackRest(from)
  const isNarrow = flags >= NARROW
  const ahead = flags % NARROW === AHEAD
  const createdAt = from.fixed(6)
  const task = from.textLike(before?.task, from.fixed(isNarrow ? 1 : 2))
  const queue = from.textLike(before?.queue, from.fixed(isNarrow ? 1 : 2)) || (isNarrow ? USUAL_QUEUE : '')
  const input = from.payloadOf(from.left)
  const job = { id, token, attempt, failures, crashes, series, priority, ahead, createdAt, task, queue, input }
  return rest === undefined ? job : { ...job, ...rest }
}

/** Seven bytes; most tokens are small, and are to stay integers that need no memory of their own. */
function unpackToken(from: Unpacker): number {
  const high = from.fixed(3)
  return high === 0 ? from.fixed(4) : high * 2 ** 32 + from.fixed(4)
}

function unpackRest(from: Unpacker): Partial<ClaimedJob> {
  from.array()
  const args = from.maybe((at) => at.list((each) => each.number()))
  const run = from.maybe((at) => at.plain() as StoredRunOptions)
  const ignoreResult = from.flag()
  const tags = from.maybe((at) => at.list((each) => each.text()))
  const meta = from.maybe((at) => at.text())
  return {
    ...(args !== undefined && { args }),
    ...(run !== undefined && { run }),
    ...(ignoreResult && { ignoreResult }),
    ...(tags !== undefined && { tags }),
    ...(meta !== undefined && { meta }),
  }
}

function unpackValue(from: Unpacker): ClaimedValue {
  from.array()
  const kind = from.number()
  if (kind === 1) return { kind: 'value', payload: from.payload() }
  if (kind === 2) return { kind: 'failure', failure: unpackFailure(from) }
  return { kind: 'large', ref: { id: from.id(), series: from.number() }, size: from.number() }
}
