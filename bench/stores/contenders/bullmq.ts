import { type ConnectionOptions, FlowProducer, type Job, Queue, QueueEvents, Worker } from 'bullmq'
import type { Place, StoreContender } from '../contender.ts'

/** BullMQ on some store. `askAgainMs`: how long one wait for a result lasts at most, after which it is asked for anew. */
export function bullmqOn(
  name: string,
  connectionTo: (place: Place) => ConnectionOptions,
  defaultJobOptions: { readonly removeOnComplete?: boolean } = {},
  askAgainMs?: number,
): StoreContender {
  return {
    name,
    async produce(place) {
      const connection = connectionTo(place)
      const queue = new Queue(place.queue, { connection, defaultJobOptions })
      // Each wait listens for the end of the queue.
      queue.setMaxListeners(0)
      const flows = new FlowProducer({ connection })
      flows.setMaxListeners(0)
      let events: QueueEvents | undefined
      const finished = async (job: Job): Promise<number> => {
        if (events === undefined) {
          events = new QueueEvents(place.queue, { connection })
          events.setMaxListeners(0)
          await events.waitUntilReady()
        }
        for (;;) {
          try {
            return await job.waitUntilFinished(events, askAgainMs)
          } catch (error) {
            if (askAgainMs === undefined || !/timed out before finishing/.test(String(error))) throw error
          }
        }
      }
      const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, offset) => from + offset)
      return {
        enqueue: (number) => queue.add('echo', number),
        enqueueBulk: (from, to) => queue.addBulk(numbers(from, to).map((data) => ({ name: 'echo', data }))),
        enqueueLater: (from, to, delay) =>
          queue.addBulk(numbers(from, to).map((data) => ({ name: 'echo', data, opts: { delay } }))),
        call: async (number) => finished(await queue.add('echo', number)),
        fanIn: async (width) => {
          const children = numbers(0, width).map((data) => ({ name: 'echo', data, queueName: place.queue }))
          const { job } = await flows.add({ name: 'sum', queueName: place.queue, children })
          return finished(job)
        },
        stop: async () => {
          await Promise.all([queue.close(), flows.close(), events?.close()])
        },
      }
    },
    async work(place, concurrency, onRun) {
      if (concurrency === 0) return { stop: () => Promise.resolve() }
      const run = async (job: Job): Promise<number> => {
        if (job.name === 'sum') return sumOf(await job.getChildrenValues<number>())
        onRun(job.data as number)
        return job.data as number
      }
      const worker = new Worker(place.queue, run, { connection: connectionTo(place), concurrency })
      await worker.waitUntilReady()
      return { stop: () => worker.close() }
    },
  }
}

function sumOf(values: Readonly<Record<string, number>>): number {
  return Object.values(values).reduce((a, b) => a + b, 0)
}
