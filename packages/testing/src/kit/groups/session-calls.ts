import type { KitSession } from '../session/kit-session.ts'
import { job } from '../session/sample-job.ts'
import { success } from '../session/sample-settlement.ts'

/** A call that needs a session which is known and alive. */
export interface SessionCall {
  /** Such as `a claim`. */
  readonly name: string
  make(session: KitSession): Promise<unknown>
}

const NOBODY = { id: 'nobody', token: 1 }

/** The numbered calls: on an empty queue each is legal and has little to do. */
export const NUMBERED_CALLS: readonly SessionCall[] = [
  { name: 'an enqueue', make: (session) => session.enqueue(job('late')) },
  { name: 'a claim', make: (session) => session.claim() },
  { name: 'a settle', make: (session) => session.settle(success(NOBODY)) },
  { name: 'an append', make: (session) => session.append({ ...NOBODY, progress: 0.5 }) },
  { name: 'a control', make: (session) => session.control({ kind: 'remove', id: 'nobody' }) },
]

/** Every call that names a session, but `begin` and `end`, which need none. */
export const SESSION_CALLS: readonly SessionCall[] = [
  ...NUMBERED_CALLS,
  { name: 'a renew', make: (session) => session.renew() },
  { name: 'a resume', make: (session) => session.resume() },
]
