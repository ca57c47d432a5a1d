import type { AppendAnswer, AppendEntry } from '@taskspace/core/backend'
import { isClaimedWith, type Rare, rareOf } from './job.ts'
import { Journal } from './journal.ts'
import { ownBytes } from './own-bytes.ts'
import type { Store } from './store.ts'
import { tellNews } from './telling.ts'

/** Store news of claimed jobs. */
export function appendAll(store: Store, entries: readonly AppendEntry[]): AppendAnswer[] {
  return entries.map((entry) => appendOne(store, entry))
}

function appendOne(store: Store, entry: AppendEntry): AppendAnswer {
  const { id, token, progress, output } = entry
  const job = store.jobs.get(id)
  if (job === undefined || !isClaimedWith(store, job, token)) return 'lost'
  const rare = rareOf(job)
  if (progress !== undefined) rare.progress = progress
  if (output !== undefined) rare.output = ownBytes(output)
  write(rare, entry)
  for (const session of rare.followers ?? []) tellNews(session, id)
  return rare.canceling === undefined ? 'ok' : 'canceled'
}

function write(rare: Rare, { lines, skipped }: AppendEntry): void {
  if (lines === undefined && skipped === undefined) return
  rare.journal ??= new Journal()
  rare.journal.add(skipped ?? 0, lines ?? [])
}
