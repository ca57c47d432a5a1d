import { CycleSearch, forwardCycleFailure, LateCycleSearch } from './cycle.ts'
import { attach } from './edge-links.ts'
import { end, fail, succeed } from './ending.ts'
import { forwardFailure } from './failures.ts'
import { note } from './history.ts'
import { type EdgeState, type Job, rareOf } from './job.ts'
import { letGo } from './ownership.ts'
import { defer } from './placing.ts'
import { dropArguments, hasResult, shareResult } from './results.ts'
import type { Store } from './store.ts'

const CYCLE_VISITS = 256

/** The job's outcome is to be that of another one. */
export function forward(store: Store, job: Job, to: string, now: number): void {
  const target = finalTarget(store.jobs.get(to))
  const reason = refusal(target, now)
  if (target === undefined || reason !== undefined)
    return fail(store, job, forwardFailure(job, store.tokenOf(job), to, reason ?? ''), now)
  if (target === job) return fail(store, job, forwardCycleFailure(job, store.tokenOf(job), to), now)
  if (target.state === 'success' || target.state === 'failed' || target.state === 'canceled') {
    return takeOutcome(store, job, target, now)
  }
  const search = new CycleSearch(job, [target])
  if (search.run(CYCLE_VISITS).found) return fail(store, job, forwardCycleFailure(job, store.tokenOf(job), to), now)
  waitFor(store, job, target, now)
  if (!search.isDone) store.work.add(new LateCycleSearch(store, job, search))
}

/** Follow forwards to their end; on the way back each is shortened, so that long chains cost little. */
function finalTarget(job: Job | undefined): Job | undefined {
  let last = job
  let steps = 0
  while (last?.state === 'deferred' && last.rare?.forward !== undefined && steps < CYCLE_VISITS) {
    last = last.rare.forward.target
    steps += 1
  }
  return last
}

function refusal(target: Job | undefined, now: number): string | undefined {
  if (target === undefined) return 'which is not known'
  if (target.rare?.ignoreResult === true) return 'which keeps no result'
  if (target.state === 'success' && !hasResult(target, now)) return 'whose result is gone'
  return undefined
}

function takeOutcome(store: Store, job: Job, target: Job, now: number): void {
  const failure = target.rare?.failure
  note(job, 'forwarded', now, job.owner?.id)
  const value = shareResult(target)
  if (target.state === 'success' && value !== undefined) succeed(store, job, value, undefined, now)
  else if (failure !== undefined && target.state === 'canceled') end(store, job, failure, now)
  else if (failure !== undefined) fail(store, job, failure, now)
}

function waitFor(store: Store, job: Job, target: Job, now: number): void {
  note(job, 'forwarded', now, job.owner?.id)
  letGo(store, job)
  // It will not run again: what it needed is not needed any more.
  dropArguments(store, job)
  const edge: EdgeState = { kind: 'forward', dependent: job, target, onError: 'fail', hole: -1, isOver: false }
  rareOf(job).forward = edge
  rareOf(target)
  attach(edge)
  defer(store, job)
}
