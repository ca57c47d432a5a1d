import { PgBoss } from 'pg-boss'
import type { StoreContender } from './store-contender.ts'

const QUEUE = 'echo'
const BATCH = 100

/** pg-boss, 100 jobs fetched and completed at a time, kept after that. */
export const pgBoss: StoreContender = {
  name: 'pg-boss',
  async start(connectionString) {
    const boss = new PgBoss({ connectionString, supervise: false, schedule: false })
    boss.on('error', (error) => {
      throw error
    })
    await boss.start()
    await boss.createQueue(QUEUE)
    return {
      bulk: (numbers) =>
        boss.insert(
          QUEUE,
          numbers.map((number) => ({ data: { number } })),
        ),
      add: (number) => boss.send(QUEUE, { number }),
      drain: async (count) => {
        for (let runs = 0; runs < count; ) {
          const jobs = await boss.fetch(QUEUE, { batchSize: BATCH })
          await boss.complete(
            QUEUE,
            jobs.map(({ id }) => id),
          )
          runs += jobs.length
        }
      },
      stop: () => boss.stop({ graceful: false }),
    }
  },
}
