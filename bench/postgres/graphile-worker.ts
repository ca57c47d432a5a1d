import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import type { StoreContender } from './store-contender.ts'

const logger = new Logger(() => () => undefined)

/** graphile-worker as it comes: a transaction to get a job, one to complete it; nothing kept. */
export const graphileWorker: StoreContender = contender('graphile-worker', {})

/** The same with the settings of its own performance test: jobs fetched 500 at a time, completed in batches. */
export const graphileWorkerTuned: StoreContender = contender('graphile-worker-tuned', {
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
})

function contender(name: string, worker: GraphileConfig.WorkerOptions): StoreContender {
  return {
    name,
    async start(connectionString) {
      const utils = await makeWorkerUtils({ connectionString, logger })
      await utils.migrate()
      return {
        bulk: (numbers) => utils.addJobs(numbers.map((payload) => ({ identifier: 'echo', payload }))),
        add: (number) => utils.addJob('echo', number),
        drain: async (count) => {
          let runs = 0
          let drained = (): void => undefined
          const done = new Promise<void>((resolve) => {
            drained = resolve
          })
          const runner = await run({
            logger,
            preset: {
              worker: { ...worker, connectionString, concurrentJobs: 100, maxPoolSize: 20, pollInterval: 100 },
            },
            noHandleSignals: true,
            taskList: {
              echo: () => {
                runs += 1
                if (runs === count) drained()
              },
            },
          })
          await done
          await runner.stop()
        },
        stop: async () => utils.release(),
      }
    },
  }
}
