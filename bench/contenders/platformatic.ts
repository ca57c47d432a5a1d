import { MemoryStorage, Queue } from '@platformatic/job-queue'
import type { Contender } from '../contender.ts'

/** @platformatic/job-queue on its memory storage, results kept an hour as ours are. */
export const platformatic: Contender = {
  name: 'platformatic',
  async start(concurrency) {
    let runs = 0
    const queue = new Queue<number, number>({
      storage: new MemoryStorage(),
      concurrency,
      resultTTL: 3_600_000,
    })
    queue.execute(async (job: { readonly payload: number }) => {
      runs += 1
      return job.payload
    })
    await queue.start()
    return {
      call: (number) => queue.enqueueAndWait(`job-${number}`, number, { timeout: 120_000 }),
      runs: () => runs,
      stop: () => queue.stop(),
    }
  },
}
