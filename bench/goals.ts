/** What a figure of ours has to reach: so many times a peer's in the same run, or a limit of its own. */
export interface Goal {
  readonly figure: string
  readonly peer?: string
  /** At least this many times the peer's. */
  readonly times?: number
  /** At most this much. */
  readonly atMost?: number
}

/** The budgets of the memory backend. */
export const goals: readonly Goal[] = [
  { figure: 'life', peer: 'p-queue', times: 2 },
  { figure: 'life', peer: 'platformatic', times: 3.5 },
  { figure: 'request-reply-100', peer: 'platformatic', times: 3.5 },
  { figure: 'sequential-p50', atMost: 30 },
  { figure: 'heap-per-queued-job', atMost: 600 },
]

/** A goal beside what was measured; `medians` by figure and contender. */
export function judge(goal: Goal, medians: ReadonlyMap<string, number>): object {
  const ours = medians.get(`${goal.figure} taskspace`)
  if (ours === undefined) return { goal: goal.figure, met: undefined }
  if (goal.atMost !== undefined) return { goal: goal.figure, atMost: goal.atMost, ours, met: ours <= goal.atMost }
  const peers = medians.get(`${goal.figure} ${goal.peer}`)
  const ratio = peers === undefined ? undefined : Math.round((ours / peers) * 100) / 100
  return { goal: goal.figure, peer: goal.peer, times: goal.times, ratio, met: (ratio ?? 0) >= (goal.times ?? 0) }
}
