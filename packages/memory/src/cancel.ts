import {
  type CancelCommand,
  type Cascade,
  type ControlAnswer,
  type FailureRecord,
  isEnded,
  type JobState,
} from '@taskspace/core/backend'
import { end } from './ending.ts'
import { canceledFailure } from './failures.ts'
import { type EdgeState, type Job, rareOf } from './job.ts'
import type { Store } from './store.ts'
import { tellNotice } from './telling.ts'
import type { Work } from './work-list.ts'

/** Most dependents that a refusal names. */
const NAMED_DEPENDENTS = 25

/** End jobs for good, as the command says. */
export function cancelAll(store: Store, command: CancelCommand, now: number): ControlAnswer {
  const { ids, reason, cascade } = command
  const jobs = ids.map((id) => store.jobs.get(id))
  const refusal = cascade === 'refuse' ? refusalOf(jobs) : undefined
  if (refusal !== undefined) return refusal
  const found = jobs.map((job) => job?.state)
  for (const job of jobs) {
    if (job !== undefined) cancel(store, job, { reason, cascade }, now)
  }
  return { code: 'canceled', found: found satisfies readonly (JobState | undefined)[] }
}

interface Order {
  readonly reason: string
  readonly cascade: Cascade
}

function refusalOf(jobs: readonly (Job | undefined)[]): ControlAnswer | undefined {
  const named = new Set(jobs)
  for (const job of jobs) {
    if (job === undefined || isEnded(job.state)) continue
    const dependents = dependentsOutside(job, named)
    if (dependents.length > 0) return { code: 'has-dependents', id: job.id, dependents }
  }
  return undefined
}

function dependentsOutside(job: Job, named: ReadonlySet<Job | undefined>): string[] {
  const outside: string[] = []
  for (const edge of job.rare?.dependents ?? []) {
    if (edge.kind === 'forward' || named.has(edge.dependent)) continue
    outside.push(edge.dependent.id)
    if (outside.length === NAMED_DEPENDENTS) break
  }
  return outside
}

function cancel(store: Store, job: Job, order: Order, now: number): void {
  if (isEnded(job.state)) return
  const dependents = job.rare?.dependents
  if (order.cascade === 'cancel' && dependents !== undefined) {
    store.work.add(new CascadingCancel(store, dependents, order))
  }
  const failure = canceledFailure(job, order.reason)
  if (job.state === 'processing') mark(job, order.reason, failure)
  else endWaiting(store, job, failure, now)
}

/** Its owner has to stop it first. */
function mark(job: Job, reason: string, failure: FailureRecord): void {
  const rare = rareOf(job)
  if (rare.canceling !== undefined || job.owner === undefined) return
  rare.canceling = { reason, failure }
  job.owner.canceling += 1
  tellNotice(job.owner)
}

function endWaiting(store: Store, job: Job, failure: FailureRecord, now: number): void {
  const target = job.rare?.forward?.target
  end(store, job, failure, now)
  if (target === undefined || isEnded(target.state) || target.rare?.parent !== job.id) return
  const others = target.rare.dependents?.size ?? 0
  if (others === 0) store.work.add(new ForwardCancel(store, target, { reason: reasonOf(failure), cascade: 'release' }))
}

function reasonOf(failure: FailureRecord): string {
  return failure.text.replace(/^canceled(: )?/, '')
}

/** Cancels the job that a canceled one had forwarded to; that may forward on, any number of times. */
class ForwardCancel implements Work {
  readonly #store: Store
  readonly #order: Order
  readonly #series: number
  #target: Job | undefined

  constructor(store: Store, target: Job, order: Order) {
    this.#store = store
    this.#target = target
    this.#series = target.series
    this.#order = order
  }

  run(): number {
    const target = this.#target
    if (target === undefined) return 0
    this.#target = undefined
    const others = target.rare?.dependents?.size ?? 0
    if (others === 0 && target.series === this.#series) cancel(this.#store, target, this.#order, this.#store.now())
    return 1
  }
}

/** Cancels the jobs that depend on a canceled one, and theirs: one step each. */
class CascadingCancel implements Work {
  readonly #store: Store
  readonly #edges: Set<EdgeState>
  readonly #left: IterableIterator<EdgeState>
  readonly #order: Order

  constructor(store: Store, edges: Set<EdgeState>, order: Order) {
    this.#store = store
    this.#edges = edges
    this.#left = edges.values()
    this.#order = order
  }

  run(budget: number): number {
    const now = this.#store.now()
    for (let steps = 0; steps < budget; steps += 1) {
      const next = this.#left.next()
      if (next.done === true) return steps
      this.#cancel(next.value, now)
    }
    return budget
  }

  /** Jobs that forwarded to it get its own outcome. */
  #cancel(edge: EdgeState, now: number): void {
    if (edge.kind === 'forward') return
    this.#edges.delete(edge)
    if (!edge.isOver) cancel(this.#store, edge.dependent, this.#order, now)
  }
}
