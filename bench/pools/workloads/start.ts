import type { Workload } from '../../workload.ts'
import type { PoolContender } from '../contender.ts'
import { ALL_CONTENDERS } from '../groups.ts'
import { treeBytes } from '../tree-bytes.ts'

const WORKERS = 2

/** From nothing to an answer of each of two workers, and the memory that they take: this process and its children. */
export const start: Workload<PoolContender> = {
  name: 'start',
  contenders: ALL_CONTENDERS,
  async run(contender) {
    const before = treeBytes()
    const startedAt = performance.now()
    const pool = await contender.start(WORKERS)
    await Promise.all(Array.from({ length: WORKERS }, () => pool.compute(100)))
    const elapsedMs = performance.now() - startedAt
    const bytes = treeBytes() - before
    await pool.stop()
    return [
      { figure: 'start', unit: 'ms', value: Math.round(elapsedMs) },
      { figure: 'memory', unit: 'MB', value: Math.round(bytes / 1e6) },
    ]
  },
}
