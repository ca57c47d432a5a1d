import { isEnded } from '@taskspace/core/backend'
import { attach } from './edge-links.ts'
import { end, fail, succeed } from './ending.ts'
import { drainedFailure } from './failures.ts'
import { note } from './history.ts'
import type { EdgeState, Job } from './job.ts'
import { displace, isDrained, makeReady } from './placing.ts'
import { type Released, released } from './released.ts'
import { fillArgument, shareResult, unpin } from './results.ts'
import type { Store } from './store.ts'
import type { Argument } from './value.ts'
import type { Work } from './work-list.ts'

/** Hands the outcome of one series of a job to the edges that waited for it: one step each. */
export class Release implements Work {
  readonly #store: Store
  readonly #released: Released

  constructor(store: Store, released: Released) {
    this.#store = store
    this.#released = released
  }

  run(budget: number): number {
    let steps = 0
    const now = this.#store.now()
    const { edges, value } = this.#released
    for (const edge of edges) {
      if (steps === budget) return steps
      edges.delete(edge)
      steps += 1
      if (!edge.isOver) this.#hand(edge, now)
    }
    if (steps < budget && value !== undefined) unpin(this.#store, value)
    return steps
  }

  #hand(edge: EdgeState, now: number): void {
    const { dependent } = edge
    const waits = dependent.state === 'deferred' && (edge.kind !== 'forward' || dependent.rare?.forward === edge)
    if (!waits) return
    if (isDrained(dependent)) return end(this.#store, dependent, drainedFailure(dependent), now)
    if (edge.kind === 'forward') return this.#handOn(dependent, now)
    const { state, value } = this.#released
    if (state === 'success' && (value !== undefined || edge.kind === 'order')) {
      return meet(this.#store, edge, value, now)
    }
    this.#handFailure(edge, now)
  }

  #handFailure(edge: EdgeState, now: number): void {
    const { failure, job } = this.#released
    const isGone = this.#released.isRemoved || this.#store.jobs.get(job.id) !== job
    if (isGone && edge.kind === 'order') return meet(this.#store, edge, undefined, now)
    if (failure === undefined) return
    if (edge.onError === 'wait' && !isGone) return this.#waitOn(edge)
    if (edge.onError === 'pass') return meet(this.#store, edge, failure, now)
    fail(this.#store, edge.dependent, failure, now, 'dependency-failed')
  }

  /** Wait for the next series; if that has come and ended meanwhile, it is told there. */
  #waitOn(edge: EdgeState): void {
    const { job, series } = this.#released
    if (job.series !== series && isEnded(job.state)) {
      this.#store.releases.push(released(job, new Set([edge]), shareResult(job), false))
      return
    }
    attach(edge)
  }

  /** The outcome of the job is the forwarder's. */
  #handOn(forwarder: Job, now: number): void {
    const { state, value, failure } = this.#released
    if (state === 'success' && value !== undefined) return succeed(this.#store, forwarder, value, undefined, now)
    if (failure === undefined) return
    if (state === 'canceled') end(this.#store, forwarder, failure, now)
    else fail(this.#store, forwarder, failure, now)
  }
}

/** An edge of a waiting job is met; with the last one the job is ready. */
function meet(store: Store, edge: EdgeState, argument: Argument | undefined, now: number): void {
  const { dependent } = edge
  const { rare } = dependent
  if (rare === undefined || edge.isOver) return
  edge.isOver = true
  rare.unmet -= 1
  if (edge.kind === 'value' && argument !== undefined) fillArgument(dependent, edge.hole, argument)
  if (rare.unmet > 0) return
  displace(store, dependent)
  note(dependent, 'released', now)
  makeReady(store, dependent, now)
}
