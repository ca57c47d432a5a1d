import type { SessionSighting, SessionSpec } from '@taskspace/core/backend'
import { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import { tellNotice } from './telling.ts'

/** Open a session, or let a later revision of its spec count. */
export function begin(store: Store, spec: SessionSpec): void {
  const known = store.sessions.get(spec.id)
  if (known === undefined) store.sessions.set(spec.id, new SessionState(spec, store.now(), store.nextSession()))
  else known.revise(spec)
}

/** The sessions of an owner that live, for all the store knows; each is asked to renew. */
export function sightings(store: Store, owner: string): readonly SessionSighting[] {
  const found = [...store.sessions.values()].filter(({ spec, hasEnded }) => spec.owner === owner && !hasEnded)
  for (const session of found) tellNotice(session)
  return found
    .sort((one, other) => one.begun - other.begun)
    .map(({ id, heardAt, held }) => ({ id, seenAt: store.toTime(heardAt), held: held.size }))
}
