import { backoffMs } from '../../tasks/backoff.ts'
import type { TaskDefinition } from '../../tasks/task-definition.ts'
import type { TaskRegistry } from '../../tasks/task-registry.ts'
import { JobTimedOut } from '../stop-reasons.ts'
import type { TaskNote } from './messages.ts'

/** How many delays of a back-off function are told; the last holds for all later attempts. */
const MAX_DELAYS = 16

/** What a host has to know of the tasks that a worker has. */
export function taskNotes(tasks: Pick<TaskRegistry, 'names' | 'get'>): Readonly<Record<string, TaskNote>> {
  const notes = tasks.names().flatMap((name) => {
    const task = tasks.get(name)
    return task === undefined ? [] : [[name, noteOf(task)] as const]
  })
  return Object.fromEntries(notes)
}

function noteOf(task: TaskDefinition): TaskNote {
  const { maxCrashes, timeoutMs, retries, backoff } = task
  return {
    maxCrashes,
    retries,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(typeof backoff === 'function' ? { delays: delaysOf(task) } : { backoff }),
  }
}

/**
 * What the task's function says to jobs that ran out of time: a host cannot call it, and a worker that had to be ended is
 * not there to be asked. Delays end where the function throws; without any, the job fails.
 */
function delaysOf({ backoff, retries, timeoutMs }: TaskDefinition): readonly number[] {
  const delays: number[] = []
  try {
    for (let attempt = 1; attempt <= Math.min(retries, MAX_DELAYS); attempt += 1) {
      delays.push(backoffMs(backoff, attempt, new JobTimedOut(timeoutMs ?? 0), Math.random))
    }
  } catch {
    return delays
  }
  return delays
}
