import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { WorkerUsage } from '@taskspace/core/pool'

/** How long a thread may take to say what it takes, in ms: one that is held up outside of JavaScript says nothing. */
const PATIENCE_MS = 2_000

/**
 * What a thread takes: its heap and what it holds outside of it, and its time of a processor. Node before 22.16 cannot tell
 * the one, and some cannot tell the other. Never rejects.
 */
export async function usageOfThread(thread: Worker): Promise<WorkerUsage> {
  const over = new AbortController()
  const tooLong = sleep(PATIENCE_MS, undefined, { signal: over.signal }).catch(() => undefined)
  const [memoryBytes, cpuMs] = await Promise.all([
    Promise.race([memoryOf(thread), tooLong]),
    Promise.race([cpuOf(thread), tooLong]),
  ])
  over.abort()
  return { ...(memoryBytes !== undefined && { memoryBytes }), ...(cpuMs !== undefined && { cpuMs }) }
}

async function memoryOf(thread: Partial<Pick<Worker, 'getHeapStatistics'>>): Promise<number | undefined> {
  try {
    const heap = await thread.getHeapStatistics?.()
    return heap === undefined ? undefined : heap.total_heap_size + heap.external_memory
  } catch {
    // It has ended.
    return undefined
  }
}

async function cpuOf(thread: Partial<Pick<Worker, 'cpuUsage'>>): Promise<number | undefined> {
  try {
    const usage = await thread.cpuUsage?.()
    return usage === undefined ? undefined : (usage.user + usage.system) / 1000
  } catch {
    return undefined
  }
}
