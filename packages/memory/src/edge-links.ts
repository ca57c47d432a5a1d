import type { EdgeState, Job } from './job.ts'

/** Let a job hear when the other one ends. */
export function attach(edge: EdgeState): void {
  const rare = edge.target.rare
  if (rare === undefined) return
  rare.dependents ??= new Set()
  rare.dependents.add(edge)
}

/** The job waits for nothing any more: what it still waited for needs not tell it. */
export function dropEdges(job: Job): void {
  const { rare } = job
  if (rare === undefined) return
  for (const edge of rare.edges ?? []) dropEdge(edge)
  if (rare.forward !== undefined) dropEdge(rare.forward)
  rare.edges = undefined
  rare.unmet = 0
}

/** An edge counts no more. What is on its way to it, in the work list, passes it by. */
export function dropEdge(edge: EdgeState): void {
  edge.isOver = true
  edge.target.rare?.dependents?.delete(edge)
}
