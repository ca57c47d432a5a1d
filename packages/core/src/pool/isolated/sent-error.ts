import {
  BackendUnavailable,
  BatchTooLarge,
  Closed,
  EarlyCall,
  SessionEnded,
  SessionUnknown,
  StaleCall,
  VersionMismatch,
} from '../../errors/backend-errors.ts'
import { LeaseLost, WouldDeadlock } from '../../errors/job-errors.ts'
import { property } from '../../property.ts'
import { boundedText, describeThrown } from '../thrown-value.ts'
import type { SentError } from './messages.ts'

/** Errors by which the library decides what to do next, made again with their class. */
const KNOWN: Readonly<Record<string, (message: string, about: string) => Error>> = {
  BACKEND_UNAVAILABLE: (message, outcome) =>
    new BackendUnavailable(message, outcome === 'rejected' ? 'rejected' : 'unknown'),
  CLOSED: (message) => new Closed(message),
  STALE_CALL: (message) => new StaleCall(message),
  EARLY_CALL: (message) => new EarlyCall(message),
  SESSION_UNKNOWN: (_, session) => new SessionUnknown(session),
  SESSION_ENDED: (_, session) => new SessionEnded(session),
  BATCH_TOO_LARGE: (message) => new BatchTooLarge(message),
  VERSION_MISMATCH: (message) => new VersionMismatch(message),
  LEASE_LOST: (_, id) => new LeaseLost(id),
  WOULD_DEADLOCK: (_, id) => new WouldDeadlock(id),
}

/** The field that says whom an error is about. */
const ABOUT = ['outcome', 'session', 'id'] as const

/** Longest message and stack that travel, in characters. */
const MAX_TEXT = 8192

/** An error as it travels between a worker and its host; never throws, whatever was thrown. */
export function sentError(thrown: unknown): SentError {
  try {
    return readError(thrown)
  } catch {
    // A getter or proxy trap of what was thrown threw itself.
    return { name: 'Error', message: describeThrown(thrown).text }
  }
}

function readError(thrown: unknown): SentError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: describeThrown(thrown).text }
  const code = property(thrown, 'code')
  const { name, message, stack } = thrown
  return {
    name: String(name),
    message: boundedText(String(message).slice(0, MAX_TEXT)),
    ...(typeof code === 'string' && { code }),
    ...(typeof stack === 'string' && { stack: stack.slice(0, MAX_TEXT) }),
    fields: plainFields(thrown),
  }
}

/** An error that has travelled: with its class if the library goes by it, else with its name, code and fields. */
export function receivedError({ name, message, code, stack, fields = {} }: SentError): Error {
  const known = code === undefined ? undefined : KNOWN[code]
  if (known !== undefined) {
    const about = ABOUT.map((field) => fields[field]).find((value) => value !== undefined)
    return known(message, String(about ?? ''))
  }
  const error = new Error(message)
  for (const [field, value] of Object.entries(fields)) define(error, field, value)
  define(error, 'name', name)
  if (code !== undefined) define(error, 'code', code)
  if (stack !== undefined) define(error, 'stack', stack)
  return error
}

function plainFields(error: Error): Readonly<Record<string, string | number | boolean>> {
  const fields = Object.entries(error).filter(([field, value]) => field !== 'code' && isPlain(value))
  return Object.fromEntries(fields)
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_TEXT
  return typeof value === 'number' || typeof value === 'boolean'
}

function define(error: Error, field: string, value: unknown): void {
  Object.defineProperty(error, field, { value, configurable: true, writable: true, enumerable: false })
}
