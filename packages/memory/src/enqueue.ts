import type { EnqueueAnswer, NewJob } from '@taskspace/core/backend'
import { CycleSearch, LateCycleSearch } from './cycle.ts'
import { type FoundEdge, findEdges, linkEdges, type Siblings } from './edges.ts'
import { fail } from './ending.ts'
import { note, writeOutHistory } from './history.ts'
import { isClaimedWith, isPlain, Job, Rare, rareOf } from './job.ts'
import { outcomeOf, watch } from './outcomes.ts'
import { ownBytes } from './own-bytes.ts'
import { seize } from './ownership.ts'
import { defer, displace, makeReady } from './placing.ts'
import { dropArguments, dropValue } from './results.ts'
import { unretain } from './retention.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import { tellOutcome } from './telling.ts'
import { workOff } from './work-off.ts'

/** Jobs that one search for a cycle visits before the work list goes on with it. */
const CYCLE_VISITS = 256

const NO_EDGES: readonly FoundEdge[] = []

/** Store jobs, in order; see the contract for what is checked. */
export function enqueueAll(store: Store, session: SessionState, jobs: readonly NewJob[]): EnqueueAnswer[] {
  const now = store.now()
  const siblings: (Job | undefined)[] = []
  const answers: EnqueueAnswer[] = []
  for (const job of jobs) {
    const answer = enqueueOne(store, job, siblings, now)
    const stored = answer === 'ok' || answer === 'existing' ? store.jobs.get(job.id) : undefined
    siblings.push(stored)
    answers.push(answer)
    if (stored !== undefined && job.reply === true) reply(stored, session, now)
  }
  workOff(store, now)
  return answers
}

function enqueueOne(store: Store, job: NewJob, siblings: Siblings, now: number): EnqueueAnswer {
  const { parent } = job
  if (parent !== undefined && !holdsLease(store, parent)) return { code: 'lease-lost', about: parent.id }
  const existing = store.jobs.get(job.id)
  const reuses = existing !== undefined && job.reuseEnded === true && isEndedJob(existing)
  if (existing !== undefined && !reuses && job.onDuplicate !== 'replace') return adopt(existing, job)

  const found = job.edges === undefined ? NO_EDGES : findEdges(store, job.id, job.edges, siblings)
  if (!isFound(found)) return found
  if (existing === undefined) add(store, job, found, now)
  else if (reuses) reuse(store, existing, job, found, now)
  else return replace(store, existing, job, found, now)
  return 'ok'
}

function adopt(existing: Job, job: NewJob): EnqueueAnswer {
  return job.onDuplicate === 'return' && existing.task === job.task ? 'existing' : { code: 'duplicate' }
}

function add(store: Store, item: NewJob, found: readonly FoundEdge[], now: number): void {
  const job = new Job(item.id, item.task, store.queue(item.queue), ownBytes(item.input), now)
  job.queue.counts.enqueued += 1
  job.priority = item.priority ?? 0
  store.jobs.set(item.id, job)
  if (!isPlain(item)) setOptions(rareOf(job), item)
  start(store, job, item, found, now)
}

/** The old job has ended, and leaves nothing but the jobs that wait for its id. */
function reuse(store: Store, job: Job, item: NewJob, found: readonly FoundEdge[], now: number): void {
  beginSeries(store, job, item, now)
  job.priority = item.priority ?? 0
  const rare = new Rare()
  rare.dependents = job.rare?.dependents
  job.rare = rare
  setOptions(rare, item)
  note(job, 'enqueued', now)
  start(store, job, item, found, now)
}

function replace(
  store: Store,
  job: Job,
  item: NewJob,
  found: readonly FoundEdge[],
  now: number,
): 'ok' | { code: 'dependency-cycle'; about: string } {
  const search = new CycleSearch(job, targetsOf(found))
  const waited = job.rare?.dependents !== undefined
  if (waited && search.run(CYCLE_VISITS).found) return { code: 'dependency-cycle', about: job.id }

  const kept = item.edges?.some((edge) => edge.kind === 'order') ? NO_EDGES : keptOrder(job)
  beginSeries(store, job, item, now)
  job.priority = item.priority ?? job.priority
  const { rare: old } = job
  const rare = new Rare()
  rare.dependents = old?.dependents
  rare.history = old?.history
  setOptions(rare, item)
  rare.tags ??= old?.tags
  rare.meta ??= old?.meta
  job.rare = rare
  note(job, 'replaced', now)
  start(store, job, item, [...found, ...kept], now)
  if (waited && !search.isDone) store.work.add(new LateCycleSearch(store, job, search))
  return 'ok'
}

/** Order edges of the job replaced that are not met. */
function keptOrder(job: Job): readonly FoundEdge[] {
  const edges = job.rare?.edges?.filter((edge) => edge.kind === 'order' && !edge.met) ?? []
  return edges.map(({ target, onError }) => ({ edge: { kind: 'order', on: target.id, onError }, target }))
}

/** The life of an id starts over: what the last series had goes. */
function beginSeries(store: Store, job: Job, item: NewJob, now: number): void {
  writeOutHistory(job)
  seize(store, job)
  unretain(store, job)
  displace(store, job)
  dropValue(store, job)
  dropArguments(store, job)
  leaveEdges(job)
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

function leaveEdges(job: Job): void {
  const { rare } = job
  if (rare === undefined) return
  for (const edge of rare.edges ?? []) edge.target.rare?.dependents?.delete(edge)
  if (rare.forward !== undefined) rare.forward.target.rare?.dependents?.delete(rare.forward)
}

function moveToQueue(store: Store, job: Job, name: string): void {
  if (job.queue.name === name) return
  job.queue.counts[job.state] -= 1
  store.forgetQueue(job.queue)
  job.queue = store.queue(name)
  job.queue.counts[job.state] += 1
}

function setOptions(rare: Rare, item: NewJob): void {
  rare.run = item.run
  rare.maxCrashes = item.maxCrashes
  rare.resultTtlMs = item.resultTtlMs
  rare.ignoreResult = item.ignoreResult === true
  rare.tags = item.tags
  rare.meta = item.meta
  rare.parent = item.parent?.id
}

/** Give a new job its edges, and the state that follows from them. */
function start(store: Store, job: Job, item: NewJob, found: readonly FoundEdge[], now: number): void {
  if (item.runAt !== undefined) job.runAt = item.runAt
  else if (item.delayMs !== undefined && item.delayMs > 0) job.runAt = now + item.delayMs
  const failure = found.length === 0 ? undefined : linkEdges(job, found)
  if (failure !== undefined) return fail(store, job, failure, now, 'dependency-failed')
  if (job.rare !== undefined && job.rare.unmet > 0) defer(store, job)
  else makeReady(store, job, now)
}

function reply(job: Job, session: SessionState, now: number): void {
  if (isEndedJob(job)) tellOutcome(session, outcomeOf(job, now))
  else watch(job, session)
}

function holdsLease(store: Store, parent: { readonly id: string; readonly token: number }): boolean {
  const job = store.jobs.get(parent.id)
  return job !== undefined && isClaimedWith(job, parent.token)
}

function isEndedJob(job: Job): boolean {
  return job.state === 'success' || job.state === 'failed' || job.state === 'canceled'
}

function isFound(found: readonly FoundEdge[] | object): found is readonly FoundEdge[] {
  return Array.isArray(found)
}

function* targetsOf(found: readonly FoundEdge[]): Iterable<Job> {
  for (const { target } of found) if (target !== undefined) yield target
}
