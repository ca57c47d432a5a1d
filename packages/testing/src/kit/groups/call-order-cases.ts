import type { Call, NewJob } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { type KitCase, type KitGroup, pipelined } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job } from '../session/sample-job.ts'

const FIRST_LANE = 5
const SECOND_LANE = 6

/** What travels in a call that follows another. */
const FREIGHTS: readonly (readonly [string, Partial<NewJob>])[] = [
  ['a job', {}],
  ['a delayed job', { delayMs: 1_000 }],
]

/** Enqueues that are to be applied after another one, for backends that take several at once. */
export const callOrderCases: KitGroup = {
  name: 'order of calls',
  cases: [
    pipelined('says that it pipelines', async (kit) => {
      expect(kit.queue.pipelines).toBe(true)
    }),
    ...FREIGHTS.flatMap(([freight, more]) => casesWith(freight, more)),
    pipelined('follows a call whose lane has gone on since', async (kit) => {
      const session = await begun(kit)
      await kit.queue.enqueue(first(session, 3), [job('a')])

      expect(await kit.queue.enqueue(second(session, 2), [job('b')])).toEqual(['ok'])
    }),
    pipelined('counts no call of an epoch before as applied', async (kit) => {
      const session = await begun(kit)
      await session.resume()

      await kit.refused(kit.queue.enqueue(second(session, 1), [job('b')]), 'EARLY_CALL')
    }),
    pipelined('counts no call of another session as applied', async (kit) => {
      const [session, other] = [await begun(kit), await kit.session()]
      await kit.queue.enqueue(first(other, 2), [job('a')])

      await kit.refused(kit.queue.enqueue(second(session, 2), [job('b')]), 'EARLY_CALL')
    }),
  ],
}

function casesWith(freight: string, more: Partial<NewJob>): KitCase[] {
  return [
    pipelined(`stores ${freight} of a call that follows one which was applied`, async (kit) => {
      const session = await begun(kit)
      await kit.queue.enqueue(first(session, 2), [job('a')])

      expect(await kit.queue.enqueue(second(session, 2), [job('b', more)])).toEqual(['ok'])
    }),
    pipelined(
      `refuses ${freight} of a call that follows one which was not applied, and stores nothing`,
      async (kit) => {
        const session = await begun(kit)

        await kit.refused(kit.queue.enqueue(second(session, 2), [job('b', more)]), 'EARLY_CALL')

        expect(await kit.state('b')).toBeUndefined()
      },
    ),
    pipelined(`takes ${freight} of a call that came too early once the call before it was applied`, async (kit) => {
      const session = await begun(kit)
      await kit.refused(kit.queue.enqueue(second(session, 2), [job('b', more)]), 'EARLY_CALL')
      await kit.queue.enqueue(first(session, 2), [job('a')])

      expect(await kit.queue.enqueue(second(session, 2), [job('b', more)])).toEqual(['ok'])
    }),
    pipelined(`answers the repeat of a call with ${freight} that follows another as the first time`, async (kit) => {
      const session = await begun(kit)
      await kit.queue.enqueue(first(session, 2), [job('a')])
      await kit.queue.enqueue(second(session, 2), [job('b', more)])

      expect(await kit.queue.enqueue(second(session, 2), [job('b', more)])).toEqual(['ok'])
    }),
  ]
}

/** A session that has made one call on each of the lanes. */
async function begun(kit: KitContext): Promise<KitSession> {
  const session = await kit.session()
  await kit.queue.enqueue(first(session, 1), [job('first')])
  await kit.queue.enqueue({ ...first(session, 1), lane: SECOND_LANE }, [job('second')])
  return session
}

/** A call on the first lane. */
function first(session: KitSession, number: number): Call {
  return { session: session.id, epoch: session.epoch, lane: FIRST_LANE, number }
}

/** The second call on the second lane, which follows that call on the first. */
function second(session: KitSession, number: number): Call {
  return { ...first(session, 2), lane: SECOND_LANE, after: { lane: FIRST_LANE, number } }
}
