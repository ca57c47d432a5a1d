import type { Contender } from '../contender.ts'
import type { Workload } from '../workload.ts'

const JOBS = 200_000

/** Heap that each queued small job takes, its handle dropped. */
export const heap: Workload<Contender> = {
  name: 'heap',
  contenders: ['taskspace'],
  async run(contender) {
    const queue = await contender.start(0)
    await queue.enqueue?.(1_000)
    const before = heapUsed()
    await queue.enqueue?.(JOBS)
    const bytes = Math.round((heapUsed() - before) / JOBS)
    await queue.stop()
    return [{ figure: 'heap-per-queued-job', unit: 'B', value: bytes }]
  },
}

function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error('needs node --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
