/**
 * Where a job is in its life.
 *
 * `deferred` waits for other jobs · `scheduled` not before a time · `enqueued` ready to be claimed · `processing` claimed ·
 * `success`, `failed`, `canceled` ended.
 */
export type JobState = 'deferred' | 'scheduled' | 'enqueued' | 'processing' | 'success' | 'failed' | 'canceled'

/** Every state, in the order of a job's life. */
export const JOB_STATES = [
  'deferred',
  'scheduled',
  'enqueued',
  'processing',
  'success',
  'failed',
  'canceled',
] as const satisfies readonly JobState[]

/** Whether a job in this state is decided: nothing changes it but the start of a new series. */
export function isEnded(state: JobState): state is 'success' | 'failed' | 'canceled' {
  return state === 'success' || state === 'failed' || state === 'canceled'
}
