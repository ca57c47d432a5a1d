import {
  BatchTooLarge,
  EarlyCall,
  SessionEnded,
  SessionUnknown,
  StaleCall,
  VersionMismatch,
} from '@taskspace/core/backend'

/** What an error of the server tells. */
export interface ServerError {
  /** SQLSTATE. */
  readonly code: string
  readonly message: string
  readonly detail?: string | undefined
}

/**
 * The errors of the contract that our functions raise, by SQLSTATE; those about a session have its id as DETAIL.
 *
 * TS001 SessionUnknown, TS002 SessionEnded, TS003 StaleCall, TS004 VersionMismatch, TS005 BatchTooLarge,
 * TS008 EarlyCall.
 */
const RAISED: Readonly<Record<string, (error: ServerError) => Error>> = {
  TS001: ({ detail }) => new SessionUnknown(detail ?? ''),
  TS002: ({ detail }) => new SessionEnded(detail ?? ''),
  TS003: ({ message }) => new StaleCall(message),
  TS004: ({ message }) => new VersionMismatch(message),
  TS005: ({ message }) => new BatchTooLarge(message),
  TS008: ({ message }) => new EarlyCall(message),
}

/** The error of the contract that a function of ours raised; `undefined` for any other. */
export function raisedError(error: ServerError): Error | undefined {
  return RAISED[error.code]?.(error)
}
