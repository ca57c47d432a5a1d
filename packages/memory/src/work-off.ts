import { MAX_INLINE_STEPS } from '@taskspace/core/backend'
import { Release } from './release.ts'
import type { Store } from './store.ts'

/** Do the share of the work list that each call does. */
export function workOff(store: Store, now: number): void {
  if (!hasWork(store)) return
  runWork(store, MAX_INLINE_STEPS)
  if (hasWork(store)) store.tellDue(now)
}

/** Do at most `budget` steps of the work list; returns how many are left of it. */
export function runWork(store: Store, budget: number): number {
  let left = budget
  while (left > 0 && hasWork(store)) {
    for (const released of store.releases.splice(0)) store.work.add(new Release(store, released))
    left = store.work.run(left)
  }
  return left
}

/** Whether something is left to do. */
export function hasWork(store: Store): boolean {
  return store.releases.length > 0 || !store.work.isEmpty
}
