import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, idsOf, inline, jobOf } from '../session/claimed.ts'
import { job, jobs, order, value } from '../session/sample-job.ts'
import { crash, retry, success } from '../session/sample-settlement.ts'
import { JOB_STATES, jobIn } from './job-in-state.ts'

/** Putting a job in another's place. */
export const replaceCases: KitGroup = {
  name: 'replace',
  cases: [
    ...JOB_STATES.map((state) =>
      behaviour(`starts a new series in the place of a job that is ${state} [RQ-15]`, async (kit) => {
        const session = await kit.session()
        await jobIn(session, state)

        await session.put(job('a', { onDuplicate: 'replace', input: '"new"' }))

        const record = await kit.record('a')
        expect(record).toMatchObject({ series: 2, input: '"new"', attempt: 0, failures: 0, crashes: 0 })
        expect([record.token, record.failure, record.endedAt, record.resultUntil]).toEqual([
          undefined,
          undefined,
          undefined,
          undefined,
        ])
        // A deferred one goes on waiting: it keeps its order edge.
        expect(record.state).toBe(state === 'deferred' ? 'deferred' : 'enqueued')
      }),
    ),
    behaviour('keeps priority, tags and meta that are not given [RQ-15]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a', { priority: 5, tags: ['x', 'y'], meta: '{"kept":1}' }))

      await session.put(job('a', { onDuplicate: 'replace' }))

      expect(await kit.record('a')).toMatchObject({ priority: 5, tags: ['x', 'y'], meta: '{"kept":1}' })
    }),
    behaviour('takes priority, tags and meta that are given [RQ-15]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a', { priority: 5, tags: ['x', 'y'], meta: '{"old":1}' }))

      await session.put(job('a', { onDuplicate: 'replace', priority: 0, tags: [], meta: '{"new":1}' }))

      expect(await kit.record('a')).toMatchObject({ priority: 0, tags: [], meta: '{"new":1}' })
    }),
    behaviour('keeps retries that are not given, and no other option of the runs [RQ-15]', async (kit) => {
      const session = await kit.session()
      await session.put(...['a', 'b', 'c'].map((id) => job(id, { run: { retries: 3, timeoutMs: 5_000 } })))

      await session.put(
        job('a', { onDuplicate: 'replace' }),
        job('b', { onDuplicate: 'replace', run: { timeoutMs: 7_000 } }),
        job('c', { onDuplicate: 'replace', run: { retries: 0 } }),
      )

      const wanted = [{ retries: 3 }, { retries: 3, timeoutMs: 7_000 }, { retries: 0 }]
      const records = await kit.queue.read(['a', 'b', 'c'])
      expect(records.map((record) => record?.run)).toEqual(wanted)
      expect((await session.take(3)).map(({ run }) => run)).toEqual(wanted)
    }),
    behaviour('keeps retries that are not given, and no other run option [RQ-15]', async (kit) => {
      const session = await kit.producer()
      const run = { retries: 3, timeoutMs: 5000 }
      await session.put(job('a', { run }), job('b', { run }), job('c', { run }))

      await session.put(
        job('a', { onDuplicate: 'replace' }),
        job('b', { onDuplicate: 'replace', run: { timeoutMs: 7000 } }),
        job('c', { onDuplicate: 'replace', run: { retries: 0 } }),
      )

      const records = await kit.queue.read(['a', 'b', 'c'])
      expect(records.map((record) => record?.run)).toEqual([
        { retries: 3 },
        { retries: 3, timeoutMs: 7000 },
        { retries: 0 },
      ])
    }),
    behaviour('takes order edges that are given in the place of the old ones [RQ-49]', async (kit) => {
      const session = await kit.session()
      await session.put(job('old'), job('new'), job('a', { edges: [order('old')] }))

      await session.put(job('a', { onDuplicate: 'replace', edges: [order('new')] }))

      expect((await kit.record('a')).unmet).toMatchObject([{ on: 'new' }])
      expect(await kit.record('old')).toMatchObject({ dependents: [], dependentCount: 0 })
    }),
    behaviour('keeps order edges where none are given [RQ-49]', async (kit) => {
      const session = await kit.session()
      await session.put(job('before'), job('a', { edges: [order('before')] }))

      await session.put(job('a', { onDuplicate: 'replace', input: '"new"' }))

      expect(await kit.record('a')).toMatchObject({ state: 'deferred', unmet: [{ on: 'before', kind: 'order' }] })
      await session.finish('before')
      expect(await session.takeOne()).toMatchObject({ id: 'a', input: '"new"' })
    }),
    behaviour('takes input and value edges from the new job alone', async (kit) => {
      const session = await kit.session()
      await session.put(job('old'), job('new'), job('a', { edges: [value('old')] }))

      await session.put(job('a', { onDuplicate: 'replace', edges: [value('new')] }))

      expect(await kit.record('a')).toMatchObject({ unmet: [{ on: 'new', kind: 'value' }] })
      await session.finish('old')
      await session.finish('new', '"n"')
      expect(argumentsOf(await session.claim(), 'a')).toEqual([inline('"n"')])
    }),
    behaviour('puts the new job at the tail of its line', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 3))

      await session.put(job('j0', { onDuplicate: 'replace' }))

      expect(idsOf(await session.take(4))).toEqual(['j1', 'j2', 'j0'])
    }),
    behaviour('moves the job to the queue of the new one', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      await session.put(job('a', { onDuplicate: 'replace', queue: 'other' }))

      expect(await session.take(1)).toEqual([])
      expect(idsOf(await session.take(1, { queues: ['other'] }))).toEqual(['a'])
    }),
    behaviour('takes the delay of the new job', async (kit) => {
      const session = await kit.session()
      await session.put(job('soon'), job('late', { delayMs: 60_000 }))

      await session.put(
        job('soon', { onDuplicate: 'replace', delayMs: 60_000 }),
        job('late', { onDuplicate: 'replace' }),
      )

      expect(await kit.states('soon', 'late')).toEqual({ soon: 'scheduled', late: 'enqueued' })
      await kit.advance(61_000)
      expect(idsOf(await session.take(3))).toEqual(['late', 'soon'])
    }),
    behaviour('takes a running job from its owner, who is told once that it is lost [RQ-16]', async (kit) => {
      const [owner, other] = [await kit.session(), await kit.session()]
      await owner.put(job('a'))
      const { id, token } = await owner.takeOne()

      await other.put(job('a', { onDuplicate: 'replace' }))

      expect(await owner.renew()).toEqual({ held: 0, canceled: [], lost: [{ id, token }] })
      expect(await owner.renew()).toEqual({ held: 0, canceled: [], lost: [] })
      expect(await owner.settle(success({ id, token }))).toEqual(['lost'])
      expect(await kit.state('a')).toBe('enqueued')
    }),
    behaviour('hands the new job out with a higher token', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const before = await session.takeOne()

      await session.put(job('a', { onDuplicate: 'replace' }))

      expect((await session.takeOne()).token).toBeGreaterThan(before.token)
    }),
    behaviour('starts failures and crashes at nothing again', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.settle(retry(await session.takeOne()))
      await session.settle(crash(await session.takeOne()))

      await session.put(job('a', { onDuplicate: 'replace' }))

      expect(await session.takeOne()).toMatchObject({ attempt: 1, failures: 0, crashes: 0, series: 2 })
    }),
    behaviour('leaves jobs waiting that wait for the id, and gives them the new result', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('waits', { edges: [value('a')] }))

      await session.put(job('a', { onDuplicate: 'replace' }))
      const waiting = await kit.state('waits')
      await session.finish('a', '"new"')

      expect(waiting).toBe('deferred')
      const reply = await session.claim()
      expect(jobOf(reply).id).toBe('waits')
      expect(argumentsOf(reply)).toEqual([inline('"new"')])
    }),
    behaviour('leaves the old result with the jobs that have it', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '"old"')
      await session.put(job('has', { edges: [value('a')] }))

      await session.put(job('a', { onDuplicate: 'replace', priority: 1 }))
      await session.finish('a', '"new"')

      expect(argumentsOf(await session.claim(), 'has')).toEqual([inline('"old"')])
    }),
    behaviour('tells in the history that a job was replaced [RQ-09]', async (kit) => {
      const session = await kit.producer()
      await session.put(job('a'))

      await session.put(job('a', { onDuplicate: 'replace' }))

      expect((await kit.record('a')).history.map((entry) => entry.what)).toContain('replaced')
    }),
  ],
}
