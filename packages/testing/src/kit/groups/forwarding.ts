import type { NewJob } from '@taskspace/core/backend'
import type { KitContext } from '../kit-context.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job } from '../session/sample-job.ts'
import { forward } from '../session/sample-settlement.ts'

/** A session, and job `asks` that forwards to job `answers`, which waits in the queue. */
export async function forwarding(kit: KitContext, answers: Partial<NewJob> = {}): Promise<KitSession> {
  const session = await kit.session()
  await session.put(job('asks'), job('answers', answers))
  await session.settle(forward(await session.takeOne(), 'answers'))
  return session
}

/** The same, where `answers` is a child of `asks`. */
export async function forwardingToChild(kit: KitContext, child: Partial<NewJob> = {}): Promise<KitSession> {
  const session = await kit.session()
  await session.put(job('asks'))
  const held = await session.takeOne()
  await session.put(job('answers', { ...child, parent: { id: held.id, token: held.token } }))
  await session.settle(forward(held, 'answers'))
  return session
}
