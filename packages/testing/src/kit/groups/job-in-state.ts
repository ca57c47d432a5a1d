import { JOB_STATES, type JobState, type NewJob } from '@taskspace/core/backend'
import type { KitSession } from '../session/kit-session.ts'
import { job, order } from '../session/sample-job.ts'
import { failure } from '../session/sample-settlement.ts'

export { JOB_STATES }

/** The states of a job that is decided. */
export const ENDED_STATES = ['success', 'failed', 'canceled'] as const satisfies readonly JobState[]

/** Bring job `a` into a state, in an empty queue. A deferred one waits for job `before`. */
export async function jobIn(session: KitSession, state: JobState, more: Partial<NewJob> = {}): Promise<void> {
  if (state === 'deferred') {
    await session.put(job('before'), job('a', { ...more, edges: [order('before')] }))
    return
  }
  if (state === 'scheduled') {
    await session.put(job('a', { ...more, delayMs: 300_000 }))
    return
  }
  await session.put(job('a', more))
  await BRING[state](session)
}

const BRING = {
  enqueued: () => Promise.resolve(),
  processing: (session: KitSession) => session.takeOne(),
  success: (session: KitSession) => session.finish('a', '"old"'),
  failed: async (session: KitSession) => session.settle(failure(await session.takeOne())),
  canceled: (session: KitSession) =>
    session.control({ kind: 'cancel', ids: ['a'], reason: 'enough', cascade: 'refuse' }),
} satisfies Partial<Record<JobState, (session: KitSession) => Promise<unknown>>>
