import Queue from 'bee-queue'
import type { Place, StoreContender } from '../stores/contender.ts'

type Settings = ConstructorParameters<typeof Queue>[1]

/** bee-queue as it comes: finished jobs are kept. */
export const beeQueue = contender('bee-queue', {})

/** bee-queue as its documentation tunes it: finished jobs go, and this process keeps no copies. */
export const beeQueueTuned = contender('bee-queue-tuned', { removeOnSuccess: true, storeJobs: false })

function contender(name: string, tuning: Settings): StoreContender {
  return {
    name,
    async produce(place) {
      // Events by our own ids: a job's own are lost if it ends before the answer to `save` has come.
      const waiting = new Map<string, (result: number) => void>()
      const queue = open(place, { ...tuning, isWorker: false, activateDelayedJobs: true })
      queue.on('job succeeded', (id: string, result: number) => {
        waiting.get(id)?.(result)
        waiting.delete(id)
      })
      await queue.ready()
      let made = 0
      return {
        enqueue: (number) => queue.createJob({ number }).save(),
        enqueueBulk: (from, to) =>
          queue.saveAll(Array.from({ length: to - from }, (_, offset) => queue.createJob({ number: from + offset }))),
        enqueueLater: (from, to, delayMs) => {
          const at = Date.now() + delayMs
          return queue.saveAll(
            Array.from({ length: to - from }, (_, offset) => queue.createJob({ number: from + offset }).delayUntil(at)),
          )
        },
        call: (number) =>
          new Promise((resolve, reject) => {
            made += 1
            const id = `${process.pid}-${made}`
            waiting.set(id, resolve)
            queue.createJob({ number }).setId(id).save().catch(reject)
          }),
        stop: () => queue.close(),
      }
    },
    async work(place, concurrency, onRun) {
      if (concurrency === 0) return { stop: () => Promise.resolve() }
      const queue = open(place, { ...tuning, getEvents: false, activateDelayedJobs: true })
      queue.process(concurrency, async ({ data }: { readonly data: { readonly number: number } }) => {
        onRun(data.number)
        return data.number
      })
      await queue.ready()
      return { stop: () => queue.close() }
    },
  }
}

function open({ url, queue }: Place, settings: Settings): Queue {
  const { hostname, port } = new URL(url)
  return new Queue(queue, { redis: { host: hostname, port: Number(port) }, ...settings })
}
