import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Job } from '../src/job.ts'
import { JobIndex } from '../src/job-index.ts'
import { QueueState } from '../src/queue-state.ts'

const queue = new QueueState('default')

const step = fc.record({
  kind: fc.constantFrom('add', 'add', 'add', 'delete'),
  id: fc.nat(40).map((number) => `id-${String(number).padStart(2, '0')}`),
  rises: fc.boolean(),
})

it('finds the jobs that are there by their ids, whichever were made by clients, came late, or left', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const index = new JobIndex(3)
      const model = new Map<string, Job>()
      for (const { kind, id, rises } of steps) {
        if (kind === 'delete') {
          index.delete(id)
          model.delete(id)
        } else if (!model.has(id)) {
          const job = new Job(id, 'work', queue, '[]', 0)
          index.add(job, rises)
          model.set(id, job)
        }
        for (let number = 0; number <= 40; number += 1) {
          const each = `id-${String(number).padStart(2, '0')}`
          expect(index.get(each)).toBe(model.get(each))
        }
        expect(index.size).toBe(model.size)
      }

      expect([...index.ids()].sort()).toEqual([...model.keys()].sort())
    }),
  )
})

it('finds jobs of many sections, and leaves none behind', () => {
  const index = new JobIndex(4)
  const jobs = Array.from({ length: 1000 }, (_, number) => new Job(`${10_000 + number}`, 'work', queue, '[]', 0))
  for (const job of jobs) index.add(job, true)
  for (const job of jobs) expect(index.get(job.id)).toBe(job)

  for (const job of [...jobs.slice(500), ...jobs.slice(0, 500)]) index.delete(job.id)

  expect(index.size).toBe(0)
  for (const job of jobs) expect(index.get(job.id)).toBeUndefined()
})
