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
