import { BackendRefused, BackendUnavailable, Closed, InvalidArgument, VersionMismatch } from '@taskspace/core/backend'
import { raisedError, type ServerError } from './raised-errors.ts'

/** How far a call had got when it failed. */
export type Progress = 'not sent' | 'sent'

/** SQLSTATEs (or their classes) after which the connection is gone; what was under way may have been committed. */
const CUT_OFF = /^(?:08|57P0[1245])/

/** Those after which nothing was applied, and which pass: conflicts, resources, time-outs, a standby, a start. */
const PASSING = /^(?:25006|25P0[134]|40|53|55|57|58|XX)/

/** Those about who we are or what the store is like: another try changes nothing. */
const ADVICE: Readonly<Record<string, string>> = {
  '28000': 'the server does not let this user in: check user, database and pg_hba.conf',
  '28P01': 'wrong user or password',
  '3D000': 'there is no such database: create it, or check its name in the URL',
  '3F000': 'the schema is not there: run migrate() as its owner, or open with the option migrate',
  '42P01': 'a table of ours is missing: run migrate() as its owner, or doctor() to see what was changed',
  '42883': 'a function of ours is missing: run migrate() as its owner, or doctor() to see what was changed',
  '42703': 'a table of ours was changed: run doctor() to see how',
  '42704': 'a type of ours is missing: run doctor() to see what was changed',
}

/** What we threw ourselves on the way. */
const OWN = [BackendUnavailable, BackendRefused, Closed, InvalidArgument, VersionMismatch]

const RIGHT = 'this user lacks a right'

/** What a call throws for an error of the driver. Says nothing of passwords: drivers keep these out of their messages. */
export function callFailure(error: unknown, progress: Progress): Error {
  if (OWN.some((kind) => error instanceof kind)) return error as Error
  if (isServerError(error)) return serverFailure(error, progress)
  if (!(error instanceof Error)) return new BackendUnavailable(String(error), 'unknown')
  if (isTlsRefusal(error)) return new BackendRefused(`no secure connection: ${error.message}`, { cause: error })
  return new BackendUnavailable(error.message, progress === 'sent' ? 'unknown' : 'rejected', { cause: error })
}

/** Whether it is an error that the server sent. */
export function isServerError(error: unknown): error is ServerError & Error {
  if (!(error instanceof Error)) return false
  const { code, severity } = error as Error & { readonly code?: unknown; readonly severity?: unknown }
  return typeof code === 'string' && code.length === 5 && typeof severity === 'string'
}

/** Whether nothing was applied because of others' transactions, so that another try can succeed at once. */
export function isConflict(error: unknown): boolean {
  return isServerError(error) && (error.code === '40001' || error.code === '40P01')
}

/** Whether the server has no prepared statement of that name, or another one: a pooler stands between. */
export function isStatementLost(error: unknown): boolean {
  return isServerError(error) && (error.code === '26000' || error.code === '42P05')
}

function serverFailure(error: ServerError & Error, progress: Progress): Error {
  const { code } = error
  const raised = raisedError(error)
  if (raised !== undefined) return raised
  const text = `${error.message} (SQLSTATE ${code})`
  if (CUT_OFF.test(code))
    return new BackendUnavailable(text, progress === 'sent' ? 'unknown' : 'rejected', { cause: error })
  if (PASSING.test(code)) return new BackendUnavailable(text, 'rejected', { cause: error })
  return new BackendRefused(code === '42501' ? lackingRight(error) : `${text}${advice(code)}`, { cause: error })
}

function advice(code: string): string {
  const known = ADVICE[code]
  return known === undefined ? '' : `: ${known}`
}

/** `permission denied for table jobs` → which statement grants it. */
function lackingRight({ message }: ServerError): string {
  const [, kind, name] = /permission denied for (schema|table|function|sequence|database) (\S+)/.exec(message) ?? []
  if (kind === 'schema')
    return `${message}: ${RIGHT}: GRANT USAGE ON SCHEMA "${name}" TO …, or use the SQL of rolesSql()`
  if (kind === 'database')
    return `${message}: ${RIGHT}: GRANT CREATE ON DATABASE "${name}" TO …, or have its owner create the schema`
  if (kind === 'function')
    return `${message}: ${RIGHT}: GRANT EXECUTE ON FUNCTION ${name} TO …, or use the SQL of rolesSql()`
  return `${message}: ${RIGHT}: use the SQL of rolesSql() to grant a role what it needs`
}

function isTlsRefusal(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  if (/^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(code)) return true
  return /does not support SSL|SSL connection/.test(error.message)
}
