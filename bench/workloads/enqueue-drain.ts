import type { Contender, Running } from '../contender.ts'
import { expectCount, type Figure, perSecond, type Workload } from '../workload.ts'

const JOBS = 100_000

/** Enqueue many jobs that nobody runs yet, then start a worker and run them all. */
function enqueueAndDrain(concurrency: number): Workload<Contender> {
  return {
    name: `drain-${concurrency}`,
    contenders: ['taskspace', 'p-queue', 'fastq'],
    async run(contender) {
      await measure(contender, concurrency, JOBS / 10)
      return measure(contender, concurrency, JOBS)
    },
  }
}

async function measure(contender: Contender, concurrency: number, jobs: number): Promise<readonly Figure[]> {
  const queue = await contender.start(0)
  const enqueueMs = await timed(() => enqueue(queue, jobs))
  const drainMs = await timed(() => drain(queue, concurrency))
  expectCount('jobs run', queue.runs(), jobs)
  await queue.stop()
  return [
    { figure: 'enqueue', unit: 'jobs/s', value: perSecond(jobs, enqueueMs) },
    { figure: `drain-${concurrency}`, unit: 'jobs/s', value: perSecond(jobs, drainMs) },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function enqueue(queue: Running, jobs: number): Promise<unknown> {
  if (queue.enqueue === undefined) throw new Error('this contender does not enqueue apart from running')
  return queue.enqueue(jobs)
}

function drain(queue: Running, concurrency: number): Promise<void> {
  if (queue.drain === undefined) throw new Error('this contender does not drain apart from enqueuing')
  return queue.drain(concurrency)
}

/** The three widths of worker that are measured. */
export const enqueueDrain: readonly Workload<Contender>[] = [1, 10, 100].map(enqueueAndDrain)
