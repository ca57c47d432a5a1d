import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import type { StoreContender } from '../stores/contender.ts'
import { ANSWER, Replies } from './replies.ts'

const logger = new Logger(() => () => undefined)

/** graphile-worker as it comes: a transaction to get a job, one to complete it; nothing kept. */
export const graphileWorker = contender('graphile-worker', {})

/** The same with the settings of its own performance test: jobs fetched 500 at a time, completed in batches. */
export const graphileWorkerTuned = contender('graphile-worker-tuned', {
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
})

function contender(name: string, worker: GraphileConfig.WorkerOptions): StoreContender {
  return {
    name,
    async produce({ url }) {
      const utils = await makeWorkerUtils({ connectionString: url, logger })
      await utils.migrate()
      const replies = new Replies(url)
      const all = (from: number, to: number, options: { readonly runAt?: Date } = {}) =>
        utils.addJobs(
          Array.from({ length: to - from }, (_, offset) => ({
            identifier: 'echo',
            payload: from + offset,
            ...options,
          })),
        )
      return {
        enqueue: (number) => utils.addJob('echo', number),
        enqueueBulk: (from, to) => all(from, to),
        enqueueLater: (from, to, delayMs) => all(from, to, { runAt: new Date(Date.now() + delayMs) }),
        call: (number) => replies.of(number, () => utils.addJob('answer', number)),
        stop: async () => {
          await replies.close()
          await utils.release()
        },
      }
    },
    async work({ url }, concurrency, onRun) {
      if (concurrency === 0) return { stop: () => Promise.resolve() }
      const runner = await run({
        logger,
        preset: {
          worker: { ...worker, connectionString: url, concurrentJobs: concurrency, maxPoolSize: 20, pollInterval: 500 },
        },
        noHandleSignals: true,
        taskList: {
          echo: (number) => onRun(number as number),
          answer: async (number, { query }) => {
            onRun(number as number)
            await query(ANSWER, [String(number)])
          },
        },
      })
      return { stop: () => runner.stop() }
    },
  }
}
