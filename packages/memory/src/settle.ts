import {
  CRASH_BACKOFF_MS,
  DEFAULT_MAX_CRASHES,
  type ForwardSettlement,
  type SettleAnswer,
  type Settlement,
  UNKNOWN_TASK_DELAY_MS,
} from '@taskspace/core/backend'
import { end, fail, succeed } from './ending.ts'
import { forward } from './forward.ts'
import { note } from './history.ts'
import { isClaimedWith, type Job } from './job.ts'
import { ownBytes } from './own-bytes.ts'
import { letGo } from './ownership.ts'
import { enlist, enlistInFront, schedule } from './placing.ts'
import type { Store } from './store.ts'
import { workOff } from './work-off.ts'

/** Apply settlements, in order. */
export function settleAll(store: Store, settlements: readonly Settlement[]): SettleAnswer[] {
  const now = store.now()
  const answers: SettleAnswer[] = []
  for (const settlement of settlements) answers.push(settleOne(store, settlement, now))
  workOff(store, now)
  return answers
}

function settleOne(store: Store, settlement: Settlement, now: number): SettleAnswer {
  const job = store.jobs.get(settlement.id)
  if (job === undefined) return 'lost'
  if (!isClaimedWith(store, job, settlement.token))
    return isDecidedBy(store, job, settlement.token) ? 'already' : 'lost'
  const canceling = job.rare?.canceling
  if (canceling !== undefined) {
    decide(job)
    end(store, job, canceling.failure, now)
    return 'canceled'
  }
  apply(store, job, settlement, now)
  return 'ok'
}

function apply(store: Store, job: Job, settlement: Settlement, now: number): void {
  switch (settlement.kind) {
    case 'success':
      decide(job)
      return succeed(store, job, ownBytes(settlement.value), settlement.resultTtlMs, now)
    case 'failure':
      decide(job)
      return fail(store, job, settlement.failure, now)
    case 'forward':
      return applyForward(store, job, settlement, now)
    case 'retry':
      return retry(store, job, settlement.delayMs, now)
    case 'return':
      return giveBack(store, job, settlement.delayMs ?? 0, now)
    case 'crash':
      return crash(store, job, settlement, now)
    case 'unknown-task':
      if (isKnownElsewhere(store, job)) return giveBack(store, job, UNKNOWN_TASK_DELAY_MS, now)
      decide(job)
      return fail(store, job, settlement.failure, now)
  }
}

/** Later settlements with this token are told that it has decided the job. */
function decide(job: Job): void {
  job.isDecided = true
}

function isDecidedBy(store: Store, job: Job, token: number): boolean {
  return job.isDecided && store.tokenOf(job) === token
}

function applyForward(store: Store, job: Job, settlement: ForwardSettlement, now: number): void {
  decide(job)
  forward(store, job, settlement.to, now)
}

function retry(store: Store, job: Job, delayMs: number, now: number): void {
  note(job, 'retried', now, job.owner?.id)
  job.failures += 1
  letGo(store, job)
  if (delayMs > 0) schedule(store, job, now + delayMs)
  else enlist(store, job)
}

/** The claim does not count: it goes back as it was. */
export function giveBack(store: Store, job: Job, delayMs: number, now: number): void {
  note(job, 'returned', now, job.owner?.id)
  job.attempt -= 1
  letGo(store, job)
  if (delayMs > 0) schedule(store, job, now + delayMs)
  else enlistInFront(store, job)
}

function crash(store: Store, job: Job, settlement: Extract<Settlement, { kind: 'crash' }>, now: number): void {
  const maxCrashes = job.rare?.maxCrashes ?? job.owner?.maxCrashes(job.task) ?? DEFAULT_MAX_CRASHES
  job.crashes += 1
  note(job, 'crashed', now, job.owner?.id)
  if (job.crashes >= maxCrashes) {
    decide(job)
    return fail(store, job, { ...settlement.failure, kind: 'lost', code: 'TASK_EXPIRED' }, now)
  }
  letGo(store, job)
  const delayMs = CRASH_BACKOFF_MS[Math.min(job.crashes, CRASH_BACKOFF_MS.length) - 1] ?? 0
  if (delayMs > 0) schedule(store, job, now + delayMs)
  else enlistInFront(store, job)
}

function isKnownElsewhere(store: Store, job: Job): boolean {
  for (const session of store.sessions.values()) {
    if (session !== job.owner && !session.hasEnded && session.canRun(job)) return true
  }
  return false
}
