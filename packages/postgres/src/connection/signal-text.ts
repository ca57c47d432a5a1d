import { createHash } from 'node:crypto'
import { escapeText } from '../operations/text-escapes.ts'
import type { Signal } from './postgres-link.ts'

/** One NOTIFY: to everybody of the namespace, or to one session. */
export interface Notification {
  readonly channel: string
  readonly payload: string
}

/** Postgres takes up to 7,999 bytes. */
const MAX_PAYLOAD_BYTES = 7_900

/** Comes before the text of news: no mark begins with it. */
const NEWS = '='

/** Tells a session that something was too long to be told. */
const TOO_LONG = '!'

/** Marks of queues, of which there are so many that unlike queues rarely share one; sharing costs a look, no more. */
const MARKS = 65_536
const MARK_LENGTH = 4
const EVERY_QUEUE = '*'
const MAX_MARKS = 1_000

/** The names under which one namespace of one schema is told of things. */
export class Channels {
  readonly #prefix: string

  constructor(schema: string, namespace: string) {
    this.#prefix = `taskspace_${hash(`${schema}\0${namespace}`)}`
  }

  /** Where is told what concerns everybody: ready queues, and news for every session. */
  get everybody(): string {
    return this.#prefix
  }

  /** What the names of sessions' channels begin with. */
  get sessions(): string {
    return `${this.#prefix}_`
  }

  /** Where news of a session are told. The store makes this name too, from the id as it stores it. */
  session(id: string): string {
    const digest = createHash('sha256').update(escapeText(id)).digest('hex')
    return this.sessions + digest.slice(0, 12)
  }

  /** As few notifications as will do for these signals. */
  notifications(signals: Iterable<Signal>): Notification[] {
    const queues: string[] = []
    const told: Notification[] = []
    for (const signal of signals) {
      if ('queue' in signal) queues.push(signal.queue)
      else told.push({ channel: this.#of(signal.session), payload: sendable(signal.text) })
    }
    return queues.length === 0 ? told : [this.ready(queues), ...told]
  }

  /** The notification for ready queues. */
  ready(queues: readonly string[]): Notification {
    const marks = [...new Set(queues.map(queueMark))]
    return { channel: this.everybody, payload: marks.length > MAX_MARKS ? EVERY_QUEUE : marks.join('') }
  }

  #of(session: string): string {
    return session === '*' ? this.everybody : this.session(session)
  }
}

/** Whether a payload is news for sessions; else it names queues. */
export function isNews(payload: string): boolean {
  return payload === TOO_LONG || payload.startsWith(NEWS)
}

/** Whether a payload names the queue with this mark. */
export function isNamed(payload: string, mark: string): boolean {
  if (payload === EVERY_QUEUE) return true
  for (let at = 0; at < payload.length; at += MARK_LENGTH) if (payload.startsWith(mark, at)) return true
  return false
}

/** Marks that were made, since each call about one job needs one: of some queues, so that many do not take memory. */
const known = new Map<string, string>()
const KNOWN = 1_000

/** Four letters that stand for a queue, whatever is in its name. */
export function queueMark(queue: string): string {
  const made = known.get(queue)
  if (made !== undefined) return made
  const mark = (Number.parseInt(hash(queue), 16) % MARKS).toString(16).padStart(MARK_LENGTH, '0')
  if (known.size < KNOWN) known.set(queue, mark)
  return mark
}

/** The text of a session's signal; `undefined` if it was too long to be sent. */
export function receivedText(payload: string): string | undefined {
  return payload === TOO_LONG ? undefined : payload.slice(1)
}

function sendable(text: string): string {
  return Buffer.byteLength(text) < MAX_PAYLOAD_BYTES ? NEWS + text : TOO_LONG
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 12)
}
