import type { Edge, EnqueueRefusal, FailureRecord } from '@taskspace/core/backend'
import { attach } from './edge-links.ts'
import { type EdgeState, type Job, rareOf } from './job.ts'
import { fillArgument, hasResult, shareResult } from './results.ts'
import type { Store } from './store.ts'

/** Earlier items of the same call, by index: the job if it was accepted. */
export type Siblings = readonly (Job | undefined)[]

/** An edge whose job was looked up. No target: satisfied. */
export interface FoundEdge {
  readonly edge: Edge
  readonly target: Job | undefined
}

/** Look up what the edges of a new job name; the first that cannot be is the answer. Changes nothing. */
export function findEdges(
  store: Store,
  id: string,
  edges: readonly Edge[],
  siblings: Siblings,
): readonly FoundEdge[] | EnqueueRefusal {
  const now = store.now()
  const found: FoundEdge[] = []
  for (const edge of edges) {
    if (edge.on === id) return { code: 'dependency-cycle', about: id }
    const target = typeof edge.on === 'number' ? siblings[edge.on] : store.jobs.get(edge.on)
    if (typeof edge.on === 'number' && target === undefined) return { code: 'dependency', index: edge.on }
    if (target?.id === id) return { code: 'dependency-cycle', about: id }
    const refusal = edge.kind === 'value' ? valueRefusal(String(edge.on), target, now) : undefined
    if (refusal !== undefined) return refusal
    found.push({ edge, target })
  }
  return found
}

/** Why a job's result cannot be an argument. */
function valueRefusal(on: string, target: Job | undefined, now: number): EnqueueRefusal | undefined {
  if (target === undefined) return { code: 'no-such-job', about: on }
  if (target.rare?.ignoreResult === true) return { code: 'result-ignored', about: target.id }
  if (target.state === 'success' && !hasResult(target, now)) return { code: 'task-expired', about: target.id }
  return undefined
}

/**
 * Give a job its edges: those to jobs that have ended are met or decide it, the others wait.
 *
 * @returns the failure that it has from a job that has failed, if it fails with it.
 */
export function linkEdges(job: Job, found: readonly FoundEdge[]): FailureRecord | undefined {
  let failure: FailureRecord | undefined
  let hole = 0
  for (const { edge, target } of found) {
    const at = edge.kind === 'value' ? hole : -1
    if (edge.kind === 'value') hole += 1
    if (target === undefined) continue
    const state = { kind: edge.kind, dependent: job, target, onError: edge.onError, hole: at, isOver: false }
    if (edge.kind === 'value') reserveArgument(job, at)
    failure ??= link(state)
  }
  return failure
}

function reserveArgument(job: Job, hole: number): void {
  const rare = rareOf(job)
  rare.args ??= []
  rare.args[hole] = undefined
}

/** @returns the failure with which the job fails at once. */
function link(edge: EdgeState): FailureRecord | undefined {
  const { target, dependent } = edge
  if (target.state === 'success') {
    const value = edge.kind === 'value' ? shareResult(target) : undefined
    if (value !== undefined) fillArgument(dependent, edge.hole, value)
    return undefined
  }
  const failure = target.rare?.failure
  const hasFailed = target.state === 'failed' || target.state === 'canceled'
  if (hasFailed && failure !== undefined && edge.onError === 'fail') return failure
  if (hasFailed && failure !== undefined && edge.onError === 'pass') {
    if (edge.kind === 'value') fillArgument(dependent, edge.hole, failure)
    return undefined
  }
  waitFor(edge)
  return undefined
}

function waitFor(edge: EdgeState): void {
  const rare = rareOf(edge.dependent)
  rare.edges ??= []
  rare.edges.push(edge)
  rare.unmet += 1
  rareOf(edge.target)
  attach(edge)
}
