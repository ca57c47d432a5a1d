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
import { LastText, type Unpacker } from '../wire/unpacker.ts'
import { answerOf, packCall } from './answer.ts'
import { unpackFailure } from './failure.ts'

/** Most jobs that one script hands out, which is short so: whoever has room for more claims again. */
const MOST_CLAIMED = 256

const AHEAD = 1
const NARROW = 2

/** What a job's part of an answer begins with that is the record of one never claimed before: its form, see `forms.lua`. */
const [SHORT, WIDE_LONG, NARROW_LONG] = [1, 2, 3]

/** What is in a long record before the numbers that are told, and behind those before the texts. */
const [PLACE_BYTES, STAMP_BYTES] = [14, 66]

/** What stands before the record of a job that waited for others: how many arguments it has, and where these are. */
const NEEDING = 9

/** From this form on records are brief: it is above the length of the task; when the time that stands in them begins. */
const BRIEF = 16
const BRIEF_SINCE = Date.UTC(2020)

const NO_PLACES: readonly number[] = []

const POSITION_BYTES = 6
const BRIEF_POSITION_BYTES = 4

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
  const [count, present, token] = [unpacker.number(), unpacker.number(), unpacker.number()]
  const values = unpacker.list(unpackValue)
  const isCut = unpacker.flag()
  const jobs = unpackJobs(unpacker, count, { ...FIRST, token }, present)
  return { reply: jobs.length === 0 ? NOTHING_CLAIMED : { jobs, values }, isCut }
}

/** What is said of a job besides its record. */
interface Stamps
  extends Pick<ClaimedJob, 'token' | 'attempt' | 'failures' | 'crashes' | 'series' | 'priority' | 'ahead'> {
  readonly isNarrow: boolean
  readonly rest?: Partial<ClaimedJob> | undefined
}

const FIRST = { attempt: 1, failures: 0, crashes: 0, series: 1, priority: 0, ahead: false, isNarrow: true }

/** The names of the job before. */
interface Last {
  readonly task: LastText
  readonly queue: LastText
}

/**
 * Jobs, most of which are of the same task and queue as the one before. `first`: what is said of those in their first claim;
 * `present`: how many of these are not ahead, since they come before the others.
 */
function unpackJobs(from: Unpacker, count: number, first: Stamps, present: number): readonly ClaimedJob[] {
  const firstAhead = { ...first, ahead: true }
  const last = { task: new LastText(), queue: new LastText() }
  return from.bareIds(count).map((id, at) => unpackJob(from, id, at < present ? first : firstAhead, last))
}

/** A job: the record that it had before its first claim, see `forms.lua`, or any, packed by hand in `claims.lua`. */
function unpackJob(from: Unpacker, id: string, first: Stamps, last: Last): ClaimedJob {
  const size = from.fixed(4)
  const behind = from.left - size
  let form = from.fixed(1)
  const args = form === NEEDING ? unpackPlaces(from) : NO_PLACES
  if (form === NEEDING) form = from.fixed(1)
  const isBrief = form >= BRIEF
  const { token, attempt, failures, crashes, series, priority, ahead, isNarrow, rest } = unpackFront(from, form, first)
  const task = from.textAs(last.task, isBrief ? form - BRIEF : from.fixed(isNarrow ? 1 : 2))
  const queue = isBrief ? USUAL_QUEUE : unpackQueue(from, isNarrow, last.queue)
  const createdAt = isBrief ? BRIEF_SINCE + from.fixed(5) : from.fixed(6)
  const input = from.payloadOf(from.left - behind)
  const job = { id, token, attempt, failures, crashes, series, priority, ahead, createdAt, task, queue, input }
  if (args.length > 0) return { ...job, args }
  return rest === undefined ? job : { ...job, ...rest }
}

function unpackPlaces(from: Unpacker): readonly number[] {
  return Array.from({ length: from.fixed(4) }, () => from.fixed(4))
}

/** What comes before the part of a record that all forms have. */
function unpackFront(from: Unpacker, form: number, first: Stamps): Stamps {
  if (form >= BRIEF) {
    from.skip(BRIEF_POSITION_BYTES)
    return first
  }
  if (form === SHORT) {
    from.skip(POSITION_BYTES)
    from.skip(from.fixed(1))
    return first
  }
  return form === WIDE_LONG || form === NARROW_LONG ? unpackLong(from, first, form) : unpackStamps(from)
}

/** Of a long record, whose texts say who waits and who had it, what it gave, and what few jobs have: nothing that is told. */
function unpackLong(from: Unpacker, first: Stamps, form: number): Stamps {
  from.skip(PLACE_BYTES)
  const priority = from.fixed(4) | 0
  const series = from.fixed(4)
  from.skip(STAMP_BYTES)
  for (const bytes of [2, 2, 4, 4]) from.skip(from.fixed(bytes))
  return { ...first, priority, series, isNarrow: form === NARROW_LONG }
}

/** In narrow records the usual queue has no name. */
function unpackQueue(from: Unpacker, isNarrow: boolean, last: LastText): string {
  const size = from.fixed(isNarrow ? 1 : 2)
  return size === 0 && isNarrow ? USUAL_QUEUE : from.textAs(last, size)
}

function unpackStamps(from: Unpacker): Stamps {
  const token = unpackToken(from)
  const attempt = from.fixed(4)
  const failures = from.fixed(4)
  const crashes = from.fixed(4)
  const series = from.fixed(4)
  const priority = from.fixed(4) | 0
  const flags = from.fixed(1)
  const rest = from.fixed(4) === 0 ? undefined : unpackRest(from)
  const [ahead, isNarrow] = [flags % NARROW === AHEAD, flags >= NARROW]
  return { token, attempt, failures, crashes, series, priority, ahead, isNarrow, rest }
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
