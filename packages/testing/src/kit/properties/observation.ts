import type { JobRecord, QueueCounts } from '@taskspace/core/backend'
import { timeless } from '../timeless.ts'
import type { World } from './world.ts'

/** All that can be seen of a world without changing it. */
export interface Observation {
  readonly records: ReadonlyMap<string, JobRecord>
  readonly counts: ReadonlyMap<string, QueueCounts>
}

/** Look at every job that was ever enqueued. */
export async function observe(world: World): Promise<Observation> {
  const ids = [...world.ids]
  const [records, counts] = await Promise.all([world.queue.read(ids), world.queue.counts()])
  const known = records.flatMap((record) => (record ? [[record.id, record] as const] : []))
  return { records: new Map(known), counts }
}

/** An observation in a form that two backends have in common. */
export function inCommon({ records, counts }: Observation): unknown {
  const shown = [...records.values()].map((record) => ({ ...record, dependents: [...record.dependents].sort() }))
  const nonZero = [...counts].filter(([, each]) => Object.values(each).some((count) => count > 0))
  return timeless({ records: shown, counts: new Map(nonZero) })
}
