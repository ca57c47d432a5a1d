import { isEnded, type SessionListener, type Subscription } from '@taskspace/core/backend'
import { rareOf } from './job.ts'
import { outcomeOf, unwatch, watch } from './outcomes.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import { tellOutcome } from './telling.ts'

/** Subscribe a session; an earlier subscription of it hears nothing more. */
export function subscribe(store: Store, session: SessionState, listener: SessionListener): Subscription {
  session.listener = listener
  session.outcomes = []
  session.news = new Set()
  const isCurrent = (): boolean => session.listener === listener
  return {
    watch: async (ids) => {
      if (!isCurrent()) return
      session.heardAt = store.now()
      for (const id of ids) watchOne(store, session, id)
    },
    unwatch: (ids) => {
      for (const id of ids) {
        const job = store.jobs.get(id)
        if (job !== undefined) unwatch(job, session)
      }
    },
    follow: async (ids) => {
      if (!isCurrent()) return
      session.heardAt = store.now()
      for (const id of ids) follow(store, session, id)
    },
    unfollow: (ids) => {
      for (const id of ids) store.jobs.get(id)?.rare?.followers?.delete(session)
    },
    close: async () => {
      if (isCurrent()) session.listener = undefined
    },
  }
}

function follow(store: Store, session: SessionState, id: string): void {
  const job = store.jobs.get(id)
  if (job === undefined || isEnded(job.state)) return
  const rare = rareOf(job)
  rare.followers ??= new Set()
  rare.followers.add(session)
}

function watchOne(store: Store, session: SessionState, id: string): void {
  const job = store.jobs.get(id)
  if (job === undefined) tellOutcome(session, { id, state: 'gone' })
  else if (isEnded(job.state)) tellOutcome(session, outcomeOf(job, store.now()))
  else watch(job, session)
}
