import { BatchTooLarge, type Command, type ControlAnswer, isEnded, MAX_CANCEL_IDS } from '@taskspace/core/backend'
import { cancelAll } from './cancel.ts'
import { drain } from './drain.ts'
import { depend, undepend } from './edge-commands.ts'
import { end } from './ending.ts'
import { drainedFailure } from './failures.ts'
import { note } from './history.ts'
import type { Job } from './job.ts'
import { seize } from './ownership.ts'
import { displace, enlist, enlistInFront, isDrained } from './placing.ts'
import { forget } from './retention.ts'
import type { Store } from './store.ts'
import { workOff } from './work-off.ts'

/** Refuse a call as a whole, before anything is changed. */
export function checkCommands(commands: readonly Command[]): void {
  for (const command of commands) {
    if (command.kind !== 'cancel' || command.cascade !== 'refuse' || command.ids.length <= MAX_CANCEL_IDS) continue
    throw new BatchTooLarge(`cancel of ${command.ids.length} jobs at once, more than ${MAX_CANCEL_IDS}`)
  }
}

/** Carry out orders, one after the other. */
export function controlAll(store: Store, commands: readonly Command[]): ControlAnswer[] {
  const now = store.now()
  const answers = commands.map((command) => carryOut(store, command, now))
  workOff(store, now)
  return answers
}

function carryOut(store: Store, command: Command, now: number): ControlAnswer {
  switch (command.kind) {
    case 'cancel':
      return cancelAll(store, command, now)
    case 'drain':
      return { code: 'ok', count: drain(store, command.queue) }
    case 'depend':
      return depend(store, command, now)
    case 'undepend':
      return undepend(store, command, now)
    default:
      return carryOutOn(store, command, now)
  }
}

type JobCommand = Extract<Command, { kind: 'expire-lease' | 'priority' | 'remove' }>

function carryOutOn(store: Store, command: JobCommand, now: number): ControlAnswer {
  const job = store.jobs.get(command.id)
  if (job === undefined) return { code: 'no-such-job', about: command.id }
  if (command.kind === 'expire-lease') return expireLease(store, job, now)
  return command.kind === 'priority' ? changePriority(store, job, command.priority, now) : remove(store, job)
}

function expireLease(store: Store, job: Job, now: number): ControlAnswer {
  if (job.state !== 'processing') return { code: 'invalid-state', state: job.state }
  const canceling = job.rare?.canceling
  note(job, 'lease-lost', now, job.owner?.id)
  seize(store, job)
  if (canceling === undefined) enlistInFront(store, job)
  else end(store, job, canceling.failure, now)
  return { code: 'ok', count: 1 }
}

function changePriority(store: Store, job: Job, priority: number, now: number): ControlAnswer {
  if (isEnded(job.state)) return { code: 'invalid-state', state: job.state }
  if (job.priority === priority) return { code: 'ok', count: 0 }
  if (isDrained(job)) {
    end(store, job, drainedFailure(job), now)
    return { code: 'invalid-state', state: job.state }
  }
  const isInLine = job.place === 'line' || job.place === 'returned'
  if (isInLine) displace(store, job)
  job.priority = priority
  if (isInLine) enlist(store, job)
  return { code: 'ok', count: 1 }
}

function remove(store: Store, job: Job): ControlAnswer {
  if (!isEnded(job.state)) return { code: 'invalid-state', state: job.state }
  forget(store, job)
  return { code: 'ok', count: 1 }
}
