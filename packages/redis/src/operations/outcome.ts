import type { JobOutcome } from '@taskspace/core/backend'
import { escapeName } from '../keys.ts'
import { Packer } from '../wire/packer.ts'
import { Unpacker } from '../wire/unpacker.ts'
import { answerOf } from './answer.ts'
import { unpackFailure } from './failure.ts'

/** What is told to a session, or to all. */
export interface Told {
  readonly outcomes: readonly JobOutcome[]
  /** Jobs to which something was appended. */
  readonly news: readonly string[]
  readonly notice: boolean
  /** When something is due. */
  readonly due?: number
  /** The number of the subscription that has the session now. */
  readonly taken?: number
}

const NOTHING_TOLD: Told = { outcomes: [], news: [], notice: false }

/** What messages begin with that plain calls send: only results. No MessagePack begins so. */
const RESULTS = 0xc1

/** Read a message. */
export function unpackTold(message: Buffer): Told {
  if (message[0] === RESULTS) return { ...NOTHING_TOLD, outcomes: unpackResults(new Unpacker(message, 1)) }
  const from = new Unpacker(message)
  const parts: { -readonly [name in keyof Told]?: Told[name] } = {}
  for (let left = from.map(); left > 0; left -= 1) {
    const name = from.text()
    if (name === 'outcomes') parts.outcomes = from.list(unpackOutcome)
    else if (name === 'news') parts.news = [...new Set(from.list((each) => each.id()))]
    else if (name === 'notice') parts.notice = from.flag()
    else if (name === 'due') parts.due = from.number()
    else parts.taken = from.number()
  }
  return { ...NOTHING_TOLD, ...parts }
}

/** What `watch.lua` is asked. */
export function packWatch(session: string, ids: readonly string[]): Buffer {
  return new Packer()
    .array(2)
    .text(escapeName(session))
    .list(ids, (to, id) => to.id(id)).done
}

/** What `watch.lua` answered. */
export function unpackWatch(reply: unknown, session: string): readonly JobOutcome[] {
  return answerOf(reply, { session }).list(unpackOutcome)
}

/** What `follow.lua` is asked. */
export function packFollow(session: string, ids: readonly string[], what: 'follow' | 'unfollow' | 'unwatch'): Buffer {
  const packer = new Packer().array(3).text(escapeName(session))
  return packer.list(ids, (to, id) => to.id(id)).text(what).done
}

/** Results as plain calls tell them: again and again how many, the ids of their jobs, and these. */
function unpackResults(from: Unpacker): readonly JobOutcome[] {
  const outcomes: JobOutcome[] = []
  while (from.left > 0) {
    for (const id of from.bareIds(from.fixed(2)))
      outcomes.push({ id, state: 'success', value: from.payloadOf(from.fixed(2)) })
  }
  return outcomes
}

function unpackOutcome(from: Unpacker): JobOutcome {
  from.array()
  const kind = from.text()
  const id = from.id()
  if (kind === 'value') return { id, state: 'success', value: from.payload() }
  if (kind === 'large') {
    return { id, state: 'success', large: { id: from.id(), series: from.number() }, size: from.number() }
  }
  if (kind === 'failed' || kind === 'canceled') return { id, state: kind, failure: unpackFailure(from) }
  return { id, state: kind === 'ignored' ? 'ignored' : 'gone' }
}
