import { BackendRefused, BackendUnavailable, Closed } from '@taskspace/core/backend'

/** Answers that say: not now. Nothing was run, or nothing was written (a script's first write was refused). */
const NOT_NOW: ReadonlyMap<string, string> = new Map([
  ['LOADING', 'is reading its data'],
  ['READONLY', 'is a replica'],
  ['MASTERDOWN', 'is a replica that has lost its master'],
  ['CLUSTERDOWN', 'is part of a cluster that is down'],
  ['TRYAGAIN', 'is moving this slot'],
  // The root key is at the new master already, and it would answer: as if there were nothing of what is still on its way.
  ['ASK', 'is moving this slot'],
  ['UNBLOCKED', 'has changed its role'],
  ['BUSY', 'is busy with another script'],
  ['OOM', 'has no memory left'],
  ['MISCONF', 'cannot save its data and takes no writes'],
  ['NOREPLICAS', 'has too few replicas to take writes'],
])

/** Answers that say: never, as things stand. */
const NEVER: ReadonlyMap<string, string> = new Map([
  ['NOAUTH', 'asks for a password'],
  ['WRONGPASS', 'does not know this user with this password'],
  ['NOPERM', 'does not allow this user what is needed'],
  ['WRONGTYPE', 'has something else under a key of this namespace'],
])

/** Answers after which another server may be the one to ask. */
const ELSEWHERE = new Set(['READONLY', 'MASTERDOWN', 'CLUSTERDOWN', 'UNBLOCKED', 'MOVED'])

/** Whether an error is one of ours, which says all there is to say. */
export function isExplained(error: unknown): error is Error {
  return error instanceof BackendUnavailable || error instanceof BackendRefused || error instanceof Closed
}

/** Whether an error is an answer of the server, and not a lost connection. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

/** The first word of a server's error: `LOADING`, `MOVED` … */
export function replyCode(error: Error): string {
  // Redis before 7 wraps what a command inside a script was answered.
  const inScript = /^ERR Error running script.*: -?([A-Z]{2,}) /.exec(error.message)
  return inScript?.[1] ?? /^[A-Z]+/.exec(error.message)?.[0] ?? ''
}

/** Whether the next call had better go over a new connection, which looks for the right server anew. */
export function isElsewhere(error: unknown): boolean {
  return isReply(error) && ELSEWHERE.has(replyCode(error))
}

/** The server has nothing against us, but did not run it. */
export function rejected(server: string, why: string, cause?: unknown): BackendUnavailable {
  return new BackendUnavailable(`Redis at ${server} ${why}`, 'rejected', causedBy(cause))
}

/** It was sent, and what became of it is not known. */
export function unanswered(server: string, why: string, cause?: unknown): BackendUnavailable {
  return new BackendUnavailable(`Redis at ${server} ${why}`, 'unknown', causedBy(cause))
}

/** Trying again will not help. */
export function refused(server: string, why: string, cause?: unknown): BackendRefused {
  return new BackendRefused(`Redis at ${server} ${why}`, causedBy(cause))
}

/** What to throw for a command that was sent and failed; an error that a script raised itself stays as it is. */
export function afterSending(server: string, error: unknown): unknown {
  if (!isReply(error)) return unanswered(server, 'was lost before it answered', error)
  const code = replyCode(error)
  const notNow = NOT_NOW.get(code)
  if (notNow !== undefined) return rejected(server, notNow, error)
  const never = NEVER.get(code)
  if (never !== undefined) return refused(server, never, error)
  if (error.message.includes('user executing the script'))
    return refused(server, 'does not allow this user what is needed', error)
  // A script on a slot that is being moved: some of its keys are elsewhere by now.
  if (error.message.includes('non local key')) return unanswered(server, 'is moving this slot', error)
  return bare(error)
}

/** What to throw for a connection that could not be made. */
export function whileConnecting(server: string, error: unknown): unknown {
  if (!(error instanceof Error)) return rejected(server, 'is away')
  if (/Protocol error|Unknown RESP type/.test(error.message)) return refused(server, 'is no Redis', error)
  return isReply(error) ? whenGreeted(server, error) : rejected(server, 'is away', error)
}

function whenGreeted(server: string, error: Error): unknown {
  const code = replyCode(error)
  if (code === 'MOVED') return bare(error)
  const never = NEVER.get(code)
  if (never !== undefined) return refused(server, never, error)
  if (/DB index|SELECT is not allowed/.test(error.message))
    return refused(server, 'has no database of this number', error)
  return rejected(server, NOT_NOW.get(code) ?? 'does not take connections', error)
}

function causedBy(cause: unknown): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause: bare(cause) }
}

/** Clients keep the command with its arguments on the error: passwords, and payloads, do not belong into logs. */
function bare(error: unknown): unknown {
  if (!(error instanceof Error) || !('command' in error)) return error
  const copy = new Error(error.message)
  copy.name = error.name
  return copy
}
