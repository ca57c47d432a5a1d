import type { NewJob, StoredRunOptions } from '@taskspace/core/backend'
import { dropEdges } from './edge-links.ts'
import type { FoundEdge } from './edges.ts'
import { note, writeOutHistory } from './history.ts'
import { type Job, Rare, setOptions } from './job.ts'
import { ownBytes } from './own-bytes.ts'
import { seize } from './ownership.ts'
import { displace } from './placing.ts'
import { dropArguments, dropResult } from './results.ts'
import { unretain } from './retention.ts'
import type { Store } from './store.ts'

const NO_EDGES: readonly FoundEdge[] = []

/** The old job has ended, and leaves nothing but the jobs that wait for its id. Returns the edges kept: none. */
export function reuse(store: Store, job: Job, item: NewJob, now: number): readonly FoundEdge[] {
  beginSeries(store, job, item, now)
  job.priority = item.priority ?? 0
  const rare = new Rare()
  rare.dependents = job.rare?.dependents
  setOptions(rare, item)
  job.rare = rare
  return NO_EDGES
}

/** The new job stands in the old one's place, and keeps what is not given anew. Returns the edges kept. */
export function replace(store: Store, job: Job, item: NewJob, now: number): readonly FoundEdge[] {
  const kept = item.edges?.some((edge) => edge.kind === 'order') ? NO_EDGES : unmetOrder(job)
  beginSeries(store, job, item, now)
  job.priority = item.priority ?? job.priority
  const { rare: old } = job
  const rare = new Rare()
  rare.dependents = old?.dependents
  rare.watchers = old?.watchers
  rare.followers = old?.followers
  rare.history = old?.history
  setOptions(rare, item)
  rare.run = withRetries(item.run, old?.run)
  rare.tags ??= old?.tags
  rare.meta ??= old?.meta
  job.rare = rare
  note(job, 'replaced', now)
  return kept
}

/** What the new job says of its runs, with the old one's retries if it does not say how many. */
function withRetries(
  run: StoredRunOptions | undefined,
  old: StoredRunOptions | undefined,
): StoredRunOptions | undefined {
  if (run?.retries !== undefined || old?.retries === undefined) return run
  return { ...run, retries: old.retries }
}

function unmetOrder(job: Job): readonly FoundEdge[] {
  const edges = job.rare?.edges?.filter((edge) => edge.kind === 'order' && !edge.isOver) ?? []
  return edges.map(({ target, onError }) => ({ edge: { kind: 'order', on: target.id, onError }, target }))
}

/** The life of an id starts over: what the last series had goes. */
function beginSeries(store: Store, job: Job, item: NewJob, now: number): void {
  writeOutHistory(job)
  seize(store, job)
  unretain(store, job)
  displace(store, job)
  dropResult(store, job)
  dropArguments(store, job)
  dropEdges(job)
  store.setState(job, 'enqueued')
  moveToQueue(store, job, item.queue)
  job.task = item.task
  job.input = ownBytes(item.input)
  job.series += 1
  job.isDecided = false
  job.attempt = 0
  job.failures = 0
  job.crashes = 0
  job.createdAt = now
  job.claimedAt = 0
  job.endedAt = 0
  job.runAt = 0
  job.resultUntil = 0
}

function moveToQueue(store: Store, job: Job, name: string): void {
  if (job.queue.name === name) return
  job.queue.counts[job.state] -= 1
  store.forgetQueue(job.queue)
  job.queue = store.queue(name)
  job.queue.counts[job.state] += 1
}
