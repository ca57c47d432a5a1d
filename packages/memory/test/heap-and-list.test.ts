import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Job } from '../src/job.ts'
import { isDueBefore, JobHeap } from '../src/job-heap.ts'
import { MinuteBuckets, minuteOf } from '../src/minute-buckets.ts'
import { QueueState } from '../src/queue-state.ts'

function jobAt(runAt: number, position: number): Job {
  const job = new Job(`${position}`, 'work', new QueueState('default'), '[]', 0)
  job.runAt = runAt
  job.position = position
  return job
}

it('gives jobs in order, whichever others were added and taken out', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ runAt: fc.nat(20), leaves: fc.boolean() })), (plan) => {
      const heap = new JobHeap(isDueBefore)
      const jobs = plan.map(({ runAt }, index) => jobAt(runAt, index))
      for (const job of jobs) heap.add(job)
      const staying = jobs.filter((_, index) => plan[index]?.leaves === false)
      for (const job of jobs) if (!staying.includes(job)) heap.remove(job)

      const given: Job[] = []
      for (let first = heap.first; first !== undefined; first = heap.first) {
        heap.remove(first)
        given.push(first)
      }

      expect(given).toEqual(staying.sort((a, b) => a.runAt - b.runAt || a.position - b.position))
    }),
  )
})

it('finds the highest line that has a job, whichever lines were emptied', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), (priorities) => {
      const queue = new QueueState('default')
      for (const [index, priority] of priorities.entries()) queue.line(priority).jobs.append(jobAt(0, index))

      const seen: number[] = []
      for (let line = queue.topLine; line !== undefined; line = queue.topLine) {
        seen.push(line.priority)
        if (line.jobs.first !== undefined) line.jobs.remove(line.jobs.first)
      }

      expect(seen).toEqual([...priorities].sort((a, b) => b - a))
    }),
  )
})

it('gives jobs back by the minute, the earliest first, none before its time, and none that was removed', () => {
  const entries = fc.array(fc.record({ at: fc.nat(10_000_000), leaves: fc.boolean() }))
  fc.assert(
    fc.property(entries, fc.nat(10_000_000), (plan, now) => {
      const buckets = new MinuteBuckets()
      const jobs = plan.map(({ at }, index) => jobAt(at, index))
      for (const job of jobs) buckets.add(job, minuteOf(job.runAt))
      const staying = jobs.filter((_, index) => plan[index]?.leaves === false)
      for (const job of jobs) if (!staying.includes(job)) buckets.remove(job, minuteOf(job.runAt))

      const given: Job[] = []
      for (let job = buckets.take(now); job !== undefined; job = buckets.take(now)) given.push(job)

      const due = staying.filter((job) => minuteOf(job.runAt) * 60_000 <= now)
      expect(given.map((job) => minuteOf(job.runAt))).toEqual(
        due.map((job) => minuteOf(job.runAt)).sort((a, b) => a - b),
      )
      expect(new Set(given)).toEqual(new Set(due))
      expect(buckets.next > now).toBe(true)
    }),
  )
})
