import type { AppendAnswer, AppendEntry } from '@taskspace/core/backend'
import { isClaimedWith, rareOf } from './job.ts'
import { ownBytes } from './own-bytes.ts'
import type { Store } from './store.ts'

/** Store news of claimed jobs. */
export function appendAll(store: Store, entries: readonly AppendEntry[]): AppendAnswer[] {
  return entries.map((entry) => appendOne(store, entry))
}

function appendOne(store: Store, { id, token, progress, output }: AppendEntry): AppendAnswer {
  const job = store.jobs.get(id)
  if (job === undefined || !isClaimedWith(store, job, token)) return 'lost'
  const rare = rareOf(job)
  if (progress !== undefined) rare.progress = progress
  if (output !== undefined) rare.output = ownBytes(output)
  return rare.canceling === undefined ? 'ok' : 'canceled'
}
