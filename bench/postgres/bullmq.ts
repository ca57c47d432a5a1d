import { createPostgresBackend, Queue, setDefaultBackendFactory, Worker } from 'bullmq'
import type { StoreContender } from './store-contender.ts'

/** BullMQ on its Postgres backend, results kept. */
export const bullmq: StoreContender = {
  name: 'bullmq',
  async start(connectionString) {
    setDefaultBackendFactory(createPostgresBackend as never)
    const connection = { connectionString, migrate: true } as never
    const queue = new Queue<number, number, string>('echo', { connection })
    await queue.waitUntilReady()
    return {
      bulk: (numbers) => queue.addBulk(numbers.map((data) => ({ name: 'echo', data }))),
      add: (number) => queue.add('echo', number),
      drain: async (count) => {
        let runs = 0
        let drained = (): void => undefined
        const done = new Promise<void>((resolve) => {
          drained = resolve
        })
        const worker = new Worker<number, number>('echo', async (job) => job.data, { connection, concurrency: 100 })
        worker.on('completed', () => {
          runs += 1
          if (runs === count) drained()
        })
        await done
        await worker.close()
      },
      stop: () => queue.close(),
    }
  },
}
