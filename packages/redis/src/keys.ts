/**
 * Every key of a namespace, and the whole data model. The Lua side (`lua/shared`) builds the same names.
 *
 * All keys begin with the root key `{taskspace:NAMESPACE}`, whose braces are the hash tag: one namespace is one slot. In the
 * namespace `%`, `{` and `}` are escaped. Names of users end a key, so that no two of them can meet.
 *
 * | key | type | what |
 * |---|---|---|
 * | `ROOT` | hash | everything small, see below |
 * | `ROOT:blobs` | hash | payloads above 1 KB and up to 64 KB, by number |
 * | `ROOT:blob:N` | string | a payload above 64 KB |
 * | `ROOT:line:PRIORITY:QUEUE` | list | the middle of a line: blocks of up to 16 jobs, in runs: 6 bytes of position, how many follow each other, their ids |
 * | `ROOT:kept:PRIORITY:QUEUE` | list | while a line is rewritten: blocks of those jobs that still stand in it, before the others |
 * | `ROOT:returned:PRIORITY:QUEUE` | sorted set | ids given back, before all others of their line; score: position |
 * | `ROOT:parked:QUEUE` | sorted set | ids of deferred and scheduled jobs; score: position |
 * | `ROOT:spilled:QUEUE` | sorted set | priorities of a queue whose lines do not fit in its record |
 * | `ROOT:due` | sorted set | entries (position, id) of scheduled jobs; score: when they are due, in ms |
 * | `ROOT:expiring:MINUTE` | list | blocks of jobs whose result is kept until that minute: positions, and the ids that have each |
 * | `ROOT:minutes` | sorted set | the minutes that have such a list |
 * | `ROOT:ended` | sorted set | ids of ended jobs without a result, which go when there are too many; score: position |
 * | `ROOT:sessions`, `ROOT:queues` | set | ids of sessions, names of queues |
 *
 * Lists, sets and hashes that are empty do not exist. Nothing has a life of its own (no key expires).
 *
 * Fields of `ROOT`, by their first letter, each a MessagePack array; those that every call reads and
 * writes are packed by hand (jobs, `h`, `m`, `s`, and `q` unless its lines do not fit; see `forms.lua`, `space.lua`, `sessions.lua` and
 * `queues.lua` in `lua/shared`), with what changes at their ends, and what few calls need left packed in the middle:
 *
 * | field | what |
 * |---|---|
 * | `m` | the namespace: layout, offset of its clock, counters, last sweep, what is due next, ends of the work list |
 * | id | a job: its record, with its input and result if they are small; ids begin with `u` (16 bytes of a uuid) or `i` (others) |
 * | `q` queue | a queue: counts by state, its lines with what stands at their ends, clients that wait |
 * | `l` priority `:` queue | a line that does not fit in the record of its queue |
 * | `s` session | a session: epoch, lease, last call of each lane, how much it holds |
 * | `S` session | what it said of itself: label, tasks, queues |
 * | `a` session `:` lane | what the last call of a lane was answered, unless all of it was `ok` |
 * | `h` session `:` number | ids of jobs that it took at once, as long as it holds one of them |
 * | `v` series `:` id | a result that others have too: payload, how many have it, how many need it |
 * | `e` number | a chunk of the edges of a job that many wait for |
 * | `n` number | a chunk of the lines of a job's journal |
 * | `w` number | an entry of the work list |
 *
 * A line is `head + list + tail`: some jobs at either end are kept in the queue's record, so that most calls do not touch
 * the list at all. An entry is true only if the job stands there (place and position); others are passed over, and
 * a list of which most are no longer true is rewritten in steps.
 *
 * One hash for all of that makes a call cheap: what it needs is read by one command, and what it changes is written by one.
 */
export class RedisKeys {
  /** The one key that every script is given. */
  readonly root: string

  /** @param namespace any string */
  constructor(namespace: string) {
    this.root = `{taskspace:${escapeName(namespace)}}`
  }

  /** Channel of what is told to one session. */
  told(session: string): string {
    return `${this.root}:told:${escapeName(session)}`
  }

  /** Channel of a client whose claims wait: look again. */
  wake(client: string): string {
    return `${this.root}:wake:${client}`
  }

  /** Channel of what is told to all sessions: that something is due. */
  get clock(): string {
    return `${this.root}:clock`
  }
}

/** What most names are made of; nothing in it is escaped. */
const PLAIN = /^[\w.:/-]*$/
const ESCAPED = /[%{}]|\p{Surrogate}/gu

/** A name without braces and without surrogates that lack a partner; two different names stay different. */
export function escapeName(name: string): string {
  if (PLAIN.test(name)) return name
  return name.replace(ESCAPED, (symbol) => `%${symbol.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The name that was escaped. */
export function unescapeName(escaped: string): string {
  return escaped.replace(/%([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
