/** What a figure of ours has to reach: so many times a peer's in the same run, so much above it, or a limit of its own. */
export interface Goal {
  readonly figure: string
  /** Who of us; default `taskspace`. */
  readonly ours?: string
  readonly peer?: string
  /** At least this many times the peer's. */
  readonly times?: number
  /** At least this much. */
  readonly atLeast?: number
  /** At most this much; with a peer, more than the peer's. */
  readonly atMost?: number
  /** At most this many times the peer's. */
  readonly atMostTimes?: number
}

/** A goal beside what was measured, `medians` by figure and contender; `undefined` if it was not. */
export function judge(goal: Goal, medians: ReadonlyMap<string, number>): object | undefined {
  const { figure, ours: name = 'taskspace', peer, times, atLeast, atMost, atMostTimes } = goal
  const ours = medians.get(`${figure} ${name}`)
  const theirs = peer === undefined ? undefined : medians.get(`${figure} ${peer}`)
  if (ours === undefined || (peer !== undefined && theirs === undefined)) return undefined
  if (atLeast !== undefined) return { goal: figure, ours: name, atLeast, value: ours, met: ours >= atLeast }
  if (atMost !== undefined) {
    const above = Math.round((ours - (theirs ?? 0)) * 10) / 10
    return { goal: figure, ours: name, peer, atMost, value: above, met: above <= atMost }
  }
  const ratio = Math.round((ours / (theirs ?? Number.NaN)) * 100) / 100
  if (atMostTimes !== undefined)
    return { goal: figure, ours: name, peer, atMostTimes, ratio, met: ratio <= atMostTimes }
  return { goal: figure, ours: name, peer, times, ratio, met: ratio >= (times ?? 0) }
}
