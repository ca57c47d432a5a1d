import { PoolKit } from './pool-kit.ts'
import type { WorkerPoolTarget } from './worker-pool-target.ts'

/** One behaviour of a pool: a sentence, and what checks it by throwing where it does not hold. */
export interface PoolCase {
  /** A sentence that holds for every kind of pool. */
  readonly title: string
  run(kit: PoolKit): Promise<void>
}

/** Cases about one part of what pools do. */
export interface PoolGroup {
  readonly name: string
  readonly cases: readonly PoolCase[]
}

/** A case. */
export function test(title: string, run: PoolCase['run']): PoolCase {
  return { title, run }
}

/** Run one case on a store of its own; stops and closes what it made. @throws what the case throws. */
export async function runPoolCase(poolCase: PoolCase, target: WorkerPoolTarget): Promise<void> {
  const kit = await PoolKit.open(target)
  try {
    await poolCase.run(kit)
  } finally {
    await kit.close()
  }
}
