import type { JobRecord } from '@taskspace/core/backend'
import { historyOf } from './history.ts'
import type { EdgeState, Job, Rare } from './job.ts'
import { ownBytes } from './own-bytes.ts'
import { hasResult } from './results.ts'
import type { Store } from './store.ts'

const NAMED_DEPENDENTS = 25

/** All that is known of a job, as others see it. */
export function recordOf(store: Store, job: Job, now: number): JobRecord {
  const { id, task, state, priority, series, attempt, failures, crashes, rare } = job
  const input = ownBytes(job.input)
  return {
    ...{ id, task, queue: job.queue.name, state, priority, series, attempt, failures, crashes, input },
    ignoreResult: rare?.ignoreResult === true,
    tags: rare?.tags ?? [],
    unmet: unmetOf(job),
    ...dependentsOf(job),
    history: historyOf(job).map((entry) => ({ ...entry, at: store.toTime(entry.at) })),
    createdAt: store.toTime(job.createdAt),
    ...(job.runAt > 0 && { runAt: store.toTime(job.runAt) }),
    ...(job.claimedAt > 0 && { claimedAt: store.toTime(job.claimedAt) }),
    ...(job.endedAt > 0 && { endedAt: store.toTime(job.endedAt) }),
    ...(job.owner !== undefined && { session: job.owner.id, token: store.tokenOf(job) }),
    ...(hasResult(job, now) && { resultUntil: store.toTime(job.resultUntil) }),
    ...(rare !== undefined && rareFields(rare)),
  }
}

function rareFields(rare: Rare): Partial<JobRecord> {
  return {
    ...(rare.run !== undefined && { run: rare.run }),
    ...(rare.maxCrashes !== undefined && { maxCrashes: rare.maxCrashes }),
    ...(rare.resultTtlMs !== undefined && { resultTtlMs: rare.resultTtlMs }),
    ...(rare.meta !== undefined && { meta: rare.meta }),
    ...(rare.parent !== undefined && { parent: rare.parent }),
    ...(rare.canceling !== undefined && { canceling: rare.canceling.reason }),
    ...(rare.forward !== undefined && { forwardedTo: rare.forward.target.id }),
    ...(rare.progress !== undefined && { progress: rare.progress }),
    ...(rare.output !== undefined && { output: ownBytes(rare.output) }),
    ...(rare.kind !== undefined && { kind: rare.kind }),
    ...(rare.failure !== undefined && { failure: rare.failure }),
  }
}

function unmetOf(job: Job): JobRecord['unmet'] {
  const unmet = job.rare?.edges?.filter((edge) => !edge.isOver) ?? []
  return unmet.flatMap(({ kind, target, onError }) => (kind === 'forward' ? [] : [{ kind, on: target.id, onError }]))
}

function dependentsOf(job: Job): Pick<JobRecord, 'dependents' | 'dependentCount'> {
  const edges: Iterable<EdgeState> = job.rare?.dependents ?? []
  const ids = new Set<string>()
  for (const { kind, dependent } of edges) {
    if (kind !== 'forward') ids.add(dependent.id)
    if (ids.size === NAMED_DEPENDENTS) break
  }
  return { dependents: [...ids], dependentCount: job.rare?.dependents?.size ?? 0 }
}
