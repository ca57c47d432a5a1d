import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { generatedId, job, jobs, value } from '../session/sample-job.ts'
import { failure, success } from '../session/sample-settlement.ts'

/** What becomes of a job when it is stored, and in which order an item is checked. */
export const enqueueCases: KitGroup = {
  name: 'enqueue',
  cases: [
    behaviour('stores a job as enqueued, with everything at its start [RQ-06] [RW-02]', async (kit) => {
      const session = await kit.producer()
      const before = await kit.queue.now()

      await session.put(job('a', { input: '"in"' }))

      const record = await kit.record('a')
      expect(record).toMatchObject({ id: 'a', task: 'work', queue: 'default', state: 'enqueued', input: '"in"' })
      expect(record).toMatchObject({ priority: 0, series: 1, attempt: 0, failures: 0, crashes: 0, ignoreResult: false })
      expect(record).toMatchObject({ tags: [], unmet: [], dependents: [], dependentCount: 0 })
      expect(record.createdAt).toBeGreaterThanOrEqual(before)
      expect(record.createdAt).toBeLessThanOrEqual(await kit.queue.now())
      expect(record.history).toMatchObject([{ what: 'enqueued', at: record.createdAt }])
    }),
    behaviour('keeps the options given with a job, for readers and for the worker [RQ-06]', async (kit) => {
      const session = await kit.session()
      const run = {
        timeoutMs: 5000,
        retries: 2,
        backoff: { type: 'exponential', delayMs: 10, maxMs: 90, jitter: 0.5 },
      } as const
      const shown = { run, tags: ['b', 'a'], meta: '{"by":"test"}', priority: 7 }
      await session.put(job('a', { ...shown, maxCrashes: 2, resultTtlMs: 1234 }))

      const record = await kit.record('a')
      const claimed = await session.takeOne()

      expect(record).toMatchObject({ ...shown, maxCrashes: 2, resultTtlMs: 1234 })
      expect(claimed).toMatchObject({ ...shown, createdAt: record.createdAt })
    }),
    behaviour('leaves out of a record what was not given', async (kit) => {
      const session = await kit.producer()

      await session.put(job('a'))

      const record = await kit.record('a')
      const given = Object.entries(record).filter(([, each]) => each !== undefined)
      const names = given.map(([name]) => name)
      expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(run|meta|maxCrashes|resultTtlMs)$/)]))
      expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(runAt|parent|token|failure|kind)$/)]))
    }),
    behaviour('schedules a job with a delay, due that long from now', async (kit) => {
      const session = await kit.session()

      await session.put(job('a', { delayMs: 60_000 }))

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'scheduled', runAt: record.createdAt + 60_000 })
      expect(await session.take(1)).toEqual([])
    }),
    behaviour('schedules a job for a time that is to come', async (kit) => {
      const session = await kit.producer()
      const runAt = (await kit.queue.now()) + 3_600_000

      await session.put(job('a', { runAt }))

      expect(await kit.record('a')).toMatchObject({ state: 'scheduled', runAt })
    }),
    behaviour('enqueues a job at once whose time has passed, or whose delay is none', async (kit) => {
      const session = await kit.producer()
      const runAt = (await kit.queue.now()) - 1000

      await session.put(job('past', { runAt }), job('none', { delayMs: 0 }))

      expect(await kit.states('past', 'none')).toEqual({ past: 'enqueued', none: 'enqueued' })
    }),
    behaviour('remembers a delay while a job waits for another, and honours it after [RQ-15]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')], delayMs: 60_000 }))
      const before = await kit.state('b')

      await session.finish('a')
      const released = await kit.state('b')
      await kit.advance(61_000)

      expect([before, released, await kit.state('b')]).toEqual(['deferred', 'scheduled', 'enqueued'])
    }),
    behaviour('does not make a job wait again whose delay passed while it waited for another', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')], delayMs: 60_000 }))
      await kit.advance(61_000)

      await session.finish('a')
      await kit.sweepAll()

      expect(await kit.state('b')).toBe('enqueued')
    }),
    behaviour('applies the items of a call in order', async (kit) => {
      const session = await kit.session()

      const answers = await session.enqueue(job('a'), job('b', { edges: [value('a')] }), job('a'), job('c'))

      expect(answers).toEqual(['ok', 'ok', { code: 'duplicate' }, 'ok'])
      expect(idsOf(await session.take(5))).toEqual(['a', 'c'])
    }),
    behaviour('stores 256 jobs with one call', async (kit) => {
      const session = await kit.producer()

      await session.put(...jobs('j', 256))

      const counts = await kit.queue.counts('default')
      expect(counts.get('default')).toMatchObject({ enqueued: 256 })
    }),
    behaviour('takes a single job whose input is larger than a batch may be', async (kit) => {
      const session = await kit.session()
      const input = 'x'.repeat(2 * 1024 * 1024)

      await session.put(job('a', { input }))

      expect((await session.takeOne()).input).toBe(input)
    }),
    behaviour('accepts a job of a parent that is processing with the token named', async (kit) => {
      const session = await kit.session()
      await session.put(job('parent'))
      const { id, token } = await session.takeOne()

      await session.put(job('child', { parent: { id, token } }))

      expect(await kit.record('child')).toMatchObject({ parent: 'parent', state: 'enqueued' })
    }),
    behaviour('refuses a job of a parent that has lost its lease', async (kit) => {
      const session = await kit.session()
      await session.put(job('parent'))
      const { id, token } = await session.takeOne()
      await session.control({ kind: 'expire-lease', id })
      await session.takeOne()

      const answers = await session.enqueue(job('child', { parent: { id, token } }), job('fine'))

      expect(answers).toEqual([{ code: 'lease-lost', about: 'parent' }, 'ok'])
      expect(await kit.state('child')).toBeUndefined()
    }),
    behaviour('refuses a job of a parent that has ended, and of one that is unknown', async (kit) => {
      const session = await kit.session()
      await session.put(job('parent'))
      const { id, token } = await session.finish('parent')

      const answers = await session.enqueue(
        job('late', { parent: { id, token } }),
        job('lost', { parent: { id: 'nobody', token: 1 } }),
      )

      expect(answers).toEqual([
        { code: 'lease-lost', about: 'parent' },
        { code: 'lease-lost', about: 'nobody' },
      ])
    }),
    behaviour('checks the parent before the id, and the id before the edges', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))
      const edges = [value('nobody')]

      const answers = await session.enqueue(job('a', { edges, parent: { id: 'x', token: 1 } }), job('a', { edges }))

      expect(answers).toEqual([{ code: 'lease-lost', about: 'x' }, { code: 'duplicate' }])
    }),
    behaviour('checks edges in their order', async (kit) => {
      const session = await kit.session()
      await session.put(job('quiet', { ignoreResult: true }))

      const answers = await session.enqueue(job('a', { edges: [value('nobody'), value('quiet')] }))

      expect(answers).toEqual([{ code: 'no-such-job', about: 'nobody' }])
    }),
    behaviour('ends a job at once that needs one which has failed, and runs it never', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.settle(failure(await session.takeOne()))

      await session.put(job('b', { edges: [value('a')] }))

      expect(await kit.state('b')).toBe('failed')
      expect(await session.take(1)).toEqual([])
    }),
    behaviour('knows a job by an id that its client made, long after it ended', async (kit) => {
      const session = await kit.session()
      const ids = [generatedId(), generatedId(), generatedId()]
      await session.put(...ids.map((id) => job(id, { generated: true, resultTtlMs: Number.POSITIVE_INFINITY })))
      for (const id of ids) await session.finish(id, `"${id}"`)
      await session.end()

      await kit.advance(3 * 24 * 3_600_000)

      expect(await kit.states(...ids)).toEqual(Object.fromEntries(ids.map((id) => [id, 'success'])))
      for (const id of ids) expect(await kit.valueOf(id)).toBe(`"${id}"`)
    }),
    behaviour('accepts a child of a job whose owner settles in the next step', async (kit) => {
      const session = await kit.session()
      await session.put(job('parent'))
      const held = await session.takeOne()
      await session.put(job('child', { parent: { id: held.id, token: held.token } }))

      await session.settle(success(held))

      await session.finish('child')
    }),
  ],
}
