import { randomBytes } from 'node:crypto'

/** A new session id: 96 random bits as 16 characters of base64url. */
export function newSessionId(): string {
  return randomBytes(12).toString('base64url')
}
