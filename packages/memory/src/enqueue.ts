import { type EnqueueAnswer, isEnded, type NewJob } from '@taskspace/core/backend'
import { CycleSearch, LateCycleSearch } from './cycle.ts'
import { type FoundEdge, findEdges, linkEdges, type Siblings } from './edges.ts'
import { fail } from './ending.ts'
import { isClaimedWith, isPlain, Job, rareOf, setOptions } from './job.ts'
import { outcomeOf, watch } from './outcomes.ts'
import { ownBytes } from './own-bytes.ts'
import { defer, makeReady } from './placing.ts'
import { replace, reuse } from './series.ts'
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
    const accepted = answer === 'existing' ? store.jobs.get(job.id) : storedOf(answer)
    siblings.push(accepted)
    answers.push(answer instanceof Job ? 'ok' : answer)
    if (accepted !== undefined && job.reply === true) reply(accepted, session, now)
  }
  workOff(store, now)
  return answers
}

/** Returns the job if it was stored, else the answer. */
function enqueueOne(store: Store, job: NewJob, siblings: Siblings, now: number): Job | EnqueueAnswer {
  const { parent } = job
  if (parent !== undefined && !holdsLease(store, parent)) return { code: 'lease-lost', about: parent.id }
  const existing = store.jobs.get(job.id)
  const reuses = existing !== undefined && job.reuseEnded === true && isEnded(existing.state)
  if (existing !== undefined && !reuses && job.onDuplicate !== 'replace') return adopt(existing, job)

  const found = job.edges === undefined ? NO_EDGES : findEdges(store, job.id, job.edges, siblings)
  if (!isFound(found)) return found
  if (existing === undefined) return add(store, job, found, now)
  return restart(store, existing, job, found, now) ? existing : { code: 'dependency-cycle', about: job.id }
}

function storedOf(answer: Job | EnqueueAnswer): Job | undefined {
  return answer instanceof Job ? answer : undefined
}

function adopt(existing: Job, job: NewJob): EnqueueAnswer {
  return job.onDuplicate === 'return' && existing.task === job.task ? 'existing' : { code: 'duplicate' }
}

function add(store: Store, item: NewJob, found: readonly FoundEdge[], now: number): Job {
  const job = new Job(item.id, item.task, store.queue(item.queue), ownBytes(item.input), now)
  job.queue.counts.enqueued += 1
  job.priority = item.priority ?? 0
  store.jobs.add(job, item.generated)
  if (!isPlain(item)) setOptions(rareOf(job), item)
  start(store, job, item, found, now)
  return job
}

/** Begin a new series of an id that is taken; false if its new edges close a cycle, which is seen before anything is changed. */
function restart(store: Store, job: Job, item: NewJob, found: readonly FoundEdge[], now: number): boolean {
  const search = job.rare?.dependents === undefined ? undefined : new CycleSearch(job, targetsOf(found))
  if (search?.run(CYCLE_VISITS).found) return false
  const kept =
    item.reuseEnded === true && isEnded(job.state) ? reuse(store, job, item, now) : replace(store, job, item, now)
  start(store, job, item, [...found, ...kept], now)
  if (search?.isDone === false) store.work.add(new LateCycleSearch(store, job, search))
  return true
}

/** Give a new job its edges, and the state that follows from them. */
function start(store: Store, job: Job, item: NewJob, found: readonly FoundEdge[], now: number): void {
  if (item.runAt !== undefined) job.runAt = store.fromTime(item.runAt)
  else if (item.delayMs !== undefined && item.delayMs > 0) job.runAt = now + item.delayMs
  const failure = found.length === 0 ? undefined : linkEdges(job, found)
  if (failure !== undefined) return fail(store, job, failure, now, 'dependency-failed')
  if (job.rare !== undefined && job.rare.unmet > 0) defer(store, job)
  else makeReady(store, job, now)
}

function reply(job: Job, session: SessionState, now: number): void {
  if (isEnded(job.state)) tellOutcome(session, outcomeOf(job, now))
  else watch(job, session)
}

function holdsLease(store: Store, parent: { readonly id: string; readonly token: number }): boolean {
  const job = store.jobs.get(parent.id)
  return job !== undefined && isClaimedWith(store, job, parent.token)
}

function isFound(found: readonly FoundEdge[] | object): found is readonly FoundEdge[] {
  return Array.isArray(found)
}

function* targetsOf(found: readonly FoundEdge[]): Iterable<Job> {
  for (const { target } of found) if (target !== undefined) yield target
}
