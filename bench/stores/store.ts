import type { BenchServer, StoreContender } from './contender.ts'

/** How many of a workload's jobs a run on this store has. */
export function jobsOn({ share = 1 }: Store, jobs: number): number {
  return Math.round(jobs * share)
}

/** A kind of store: how to start one, and who is measured on it. */
export interface Store {
  readonly name: string
  start(): Promise<BenchServer>
  readonly contenders: readonly StoreContender[]
  /** The share of a workload's jobs that its runs have here; default all. */
  readonly share?: number
}
