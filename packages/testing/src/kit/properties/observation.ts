import type { JobRecord, JournalPage, QueueCounts } from '@taskspace/core/backend'
import { timeless } from '../timeless.ts'
import type { World } from './world.ts'

/** All that can be seen of a world without changing it. */
export interface Observation {
  readonly records: ReadonlyMap<string, JobRecord>
  readonly counts: ReadonlyMap<string, QueueCounts>
  /** Of the jobs that have one. */
  readonly journals: ReadonlyMap<string, JournalPage>
}

/** More lines than the steps of a world write. */
const ALL_LINES = 256

/** Look at every job that was ever enqueued. */
export async function observe(world: World): Promise<Observation> {
  const ids = [...world.ids]
  const [records, counts] = await Promise.all([world.queue.read(ids), world.queue.counts()])
  const known = records.flatMap((record) => (record ? [[record.id, record] as const] : []))
  const journals = await Promise.all(
    [...world.written].map(async (id) => [id, await world.queue.journal(id, 0, ALL_LINES)] as const),
  )
  const kept = journals.flatMap(([id, page]) => (page ? [[id, page] as const] : []))
  return { records: new Map(known), counts, journals: new Map(kept) }
}

/** An observation in a form that two backends have in common. */
export function inCommon({ records, counts, journals }: Observation): unknown {
  const shown = [...records.values()].map((record) => ({ ...record, dependents: [...record.dependents].sort() }))
  const nonZero = [...counts].filter(([, each]) => Object.values(each).some((count) => count > 0))
  return timeless({ records: shown, counts: new Map(nonZero), journals })
}
