import { promise } from 'fastq'
import type { Contender } from '../contender.ts'

/** fastq with promises: a linked list and a concurrency limit, nothing stored. */
export const fastq: Contender = {
  name: 'fastq',
  async start(concurrency) {
    let runs = 0
    const work = async (number: number): Promise<number> => {
      runs += 1
      return number
    }
    const queue = promise(work, Math.max(1, concurrency))
    if (concurrency === 0) queue.pause()
    return {
      call: (number) => queue.push(number),
      enqueue: async (count) => {
        for (let number = 0; number < count; number += 1) void queue.push(number)
      },
      drain: async (slots) => {
        queue.concurrency = slots
        queue.resume()
        await queue.drained()
      },
      runs: () => runs,
      stop: async () => queue.kill(),
    }
  },
}
