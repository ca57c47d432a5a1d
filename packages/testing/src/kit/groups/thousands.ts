import type { JobState, NewJob } from '@taskspace/core/backend'
import type { KitContext } from '../kit-context.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job, jobs } from '../session/sample-job.ts'

/** More than the steps that three calls may do. */
export const THOUSAND = 1000

/** Enqueue any number of jobs. */
export async function putAll(session: KitSession, all: readonly NewJob[]): Promise<void> {
  for (let at = 0; at < all.length; at += 250) await session.put(...all.slice(at, at + 250))
}

/** A session, job `a`, and jobs `d0` to `d999` that wait for it. */
export async function withDependents(kit: KitContext, kind: 'value' | 'order'): Promise<KitSession> {
  const session = await kit.session()
  await session.put(job('a'))
  await putAll(session, jobs('d', THOUSAND, { edges: [{ kind, on: 'a', onError: 'fail' }] }))
  return session
}

/** Have a session hold jobs `j0`, `j1` …, so many. */
export async function hold(session: KitSession, count: number): Promise<{ id: string; token: number }[]> {
  await putAll(session, jobs('j', count))
  const held = []
  for (let at = 0; at < count; at += 200) held.push(...(await session.take(200)))
  return held
}

/** How many jobs of queue `default` are in a state. */
export async function inState(kit: KitContext, state: JobState): Promise<number> {
  const counts = await kit.queue.counts('default')
  return counts.get('default')?.[state] ?? 0
}
