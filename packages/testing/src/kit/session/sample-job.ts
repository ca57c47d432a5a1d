import { randomBytes } from 'node:crypto'
import type { Edge, NewJob, OnError } from '@taskspace/core/backend'

/** The queue that sample jobs are put in and sample claims take from. */
export const SAMPLE_QUEUE = 'default'

/** A job to enqueue: task `work` in queue `default`, with one input that names it. */
export function job(id: string, more: Partial<NewJob> = {}): NewJob {
  return { id, generated: false, task: 'work', queue: SAMPLE_QUEUE, input: `["${id.length}"]`, ...more }
}

/** Jobs `PREFIX0`, `PREFIX1` …, all made alike. */
export function jobs(prefix: string, count: number, more: Partial<NewJob> = {}): NewJob[] {
  return Array.from({ length: count }, (_, index) => job(`${prefix}${index}`, more))
}

/** An edge for an argument: a hole of the input that another job's result fills. */
export function value(on: string | number, onError: OnError = 'fail'): Edge {
  return { kind: 'value', on, onError }
}

/** An edge for order alone. */
export function order(on: string | number, onError: OnError = 'fail'): Edge {
  return { kind: 'order', on, onError }
}

/** An id as a client makes one: a uuidv7. */
export function generatedId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = randomBytes(10).toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(6, 18)}`
}
