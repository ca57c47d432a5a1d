import PQueue from 'p-queue'
import type { Contender } from '../contender.ts'

/** p-queue: promises in line, nothing stored. Its function is synchronous, as ours is. */
export const pQueue: Contender = {
  name: 'p-queue',
  async start(concurrency) {
    let runs = 0
    const queue = new PQueue({ concurrency: Math.max(1, concurrency), autoStart: concurrency > 0 })
    const call = (number: number): Promise<number> =>
      queue.add(() => {
        runs += 1
        return number
      })
    return {
      call,
      enqueue: async (count) => {
        for (let number = 0; number < count; number += 1) void call(number)
      },
      drain: async (slots) => {
        queue.concurrency = slots
        queue.start()
        await queue.onIdle()
      },
      runs: () => runs,
      stop: async () => queue.clear(),
    }
  },
}
