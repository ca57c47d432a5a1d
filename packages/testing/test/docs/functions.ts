import { currentJob } from '@taskspace/core'

export const price = (items: readonly number[]) => items.reduce((sum, item) => sum + item, 0)

export async function exportOrders(ids: readonly string[]) {
  const job = currentJob()
  for (const [index] of ids.entries()) {
    job.signal.throwIfAborted()
    job.progress((index + 1) / ids.length)
  }
  return ids.length
}
