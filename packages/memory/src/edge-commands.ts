import type { ControlAnswer, DependCommand, UndependCommand } from '@taskspace/core/backend'
import { CycleSearch, LateCycleSearch } from './cycle.ts'
import { dropEdge } from './edge-links.ts'
import { type FoundEdge, linkEdges } from './edges.ts'
import { fail } from './ending.ts'
import { note } from './history.ts'
import { type Job, rareOf } from './job.ts'
import { displace, makeReady } from './placing.ts'
import type { Store } from './store.ts'

const CYCLE_VISITS = 256

/** Let a deferred job wait for more. */
export function depend(store: Store, command: DependCommand, now: number): ControlAnswer {
  const job = store.jobs.get(command.id)
  const refusal = refusalOf(command.id, job)
  if (job === undefined || refusal !== undefined) return refusal ?? { code: 'no-such-job', about: command.id }

  const found = command.edges.map(
    (edge): FoundEdge => ({
      edge: { ...edge, kind: 'order' },
      target: store.jobs.get(String(edge.on)),
    }),
  )
  const targets = found.flatMap(({ target }) => (target === undefined ? [] : [target]))
  const search = new CycleSearch(job, targets)
  if (search.run(CYCLE_VISITS).found) return { code: 'dependency-cycle' }
  return { code: 'ok', count: add(store, job, found, search, now) }
}

function add(store: Store, job: Job, found: readonly FoundEdge[], search: CycleSearch, now: number): number {
  const rare = rareOf(job)
  const before = rare.unmet
  const failure = linkEdges(job, found)
  if (failure !== undefined) {
    fail(store, job, failure, now, 'dependency-failed')
    return 1
  }
  if (!search.isDone) store.work.add(new LateCycleSearch(store, job, search))
  return rare.unmet - before
}

/** Let a deferred job not wait for something any more. */
export function undepend(store: Store, command: UndependCommand, now: number): ControlAnswer {
  const job = store.jobs.get(command.id)
  const refusal = refusalOf(command.id, job)
  if (job?.rare === undefined || refusal !== undefined) return refusal ?? { code: 'ok', count: 0 }

  const { rare } = job
  const ids = command.on === 'all' ? undefined : new Set(command.on)
  const removed = (rare.edges ?? []).filter(
    (edge) => edge.kind === 'order' && !edge.isOver && ids?.has(edge.target.id) !== false,
  )
  if (removed.length === 0) return { code: 'ok', count: 0 }
  for (const edge of removed) dropEdge(edge)
  const gone = new Set(removed)
  rare.edges = rare.edges?.filter((edge) => !gone.has(edge))
  rare.unmet -= removed.length
  if (rare.unmet === 0) free(store, job, now)
  return { code: 'ok', count: removed.length }
}

function free(store: Store, job: Job, now: number): void {
  displace(store, job)
  note(job, 'released', now)
  makeReady(store, job, now)
}

/** A job that waits for the outcome of its forward has its life behind it. */
function refusalOf(id: string, job: Job | undefined): ControlAnswer | undefined {
  if (job === undefined) return { code: 'no-such-job', about: id }
  const isWaiting = job.state === 'deferred' && job.rare?.forward === undefined
  return isWaiting ? undefined : { code: 'invalid-state', state: job.state }
}
