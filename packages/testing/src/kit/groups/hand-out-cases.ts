import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { idsOf } from '../session/claimed.ts'
import { job, jobs, value } from '../session/sample-job.ts'
import { crash, giveBack, retry } from '../session/sample-settlement.ts'

/** What a claimed job carries, and how many come at once, for slots and ahead of them. */
export const handOutCases: KitGroup = {
  name: 'hand-out',
  cases: [
    behaviour('hands a job out with all that a worker needs', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { input: '"in"', priority: 2, tags: ['t'], meta: '{}' }))

      const claimed = await session.takeOne()

      expect(claimed).toMatchObject({ id: 'a', task: 'work', queue: 'default', input: '"in"', priority: 2, series: 1 })
      expect(claimed).toMatchObject({ attempt: 1, failures: 0, crashes: 0, ahead: false, tags: ['t'], meta: '{}' })
      expect(claimed.token).toBeLessThan(2 ** 53)
      expect(Number.isInteger(claimed.token)).toBe(true)
    }),
    behaviour('shows in the record who has a job, and since when', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      const { token } = await session.takeOne()

      const record = await kit.record('a')
      expect(record).toMatchObject({ state: 'processing', session: session.id, token, attempt: 1 })
      expect(record.claimedAt).toBeGreaterThanOrEqual(record.createdAt)
      expect(record.history.at(-1)).toMatchObject({ what: 'claimed', session: session.id })
    }),
    behaviour('tells a worker that the result of a job is not wanted', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { ignoreResult: true }), job('b'))

      const [quiet, loud] = await session.take(2)

      expect(quiet?.ignoreResult).toBe(true)
      expect(loud?.ignoreResult ?? false).toBe(false)
    }),
    behaviour('hands each claim of a job out with a higher token and attempt [G5]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const first = await session.takeOne()
      await session.settle(retry(first))

      const second = await session.takeOne()

      expect(second.token).toBeGreaterThan(first.token)
      expect(second).toMatchObject({ attempt: 2, failures: 1 })
    }),
    behaviour('hands out a higher token after a job was given back', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const first = await session.takeOne()
      await session.settle(giveBack(first))

      expect((await session.takeOne()).token).toBeGreaterThan(first.token)
    }),
    behaviour('hands out a higher token after a job was removed and its id enqueued again [G5]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const first = await session.finish('a')
      await session.control({ kind: 'remove', id: 'a' })
      await session.put(job('a'))

      expect((await session.takeOne()).token).toBeGreaterThan(first.token)
    }),
    behaviour('hands jobs out for the slots first, and then ahead', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 6))

      const taken = await session.take(2, { ahead: 3 })

      expect(idsOf(taken)).toEqual(['j0', 'j1', 'j2', 'j3', 'j4'])
      expect(taken.map((each) => each.ahead)).toEqual([false, false, true, true, true])
    }),
    behaviour('stops handing out ahead at a job with a crash behind it', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 4))
      const [first, second] = await session.take(2)
      if (!first || !second) expect.fail('two jobs are there')
      await session.settle(crash(second), giveBack(first))

      const taken = await session.take(1, { ahead: 5 })

      expect(idsOf(taken)).toEqual(['j0'])
    }),
    behaviour('stops handing out ahead at a job that may crash only once', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), job('once', { maxCrashes: 1 }), job('c'))

      const taken = await session.take(1, { ahead: 5 })

      expect(idsOf(taken)).toEqual(['a', 'b'])
    }),
    behaviour('stops handing out ahead at a job of a task that may crash only once', async (kit) => {
      const session = await kit.session({ tasks: { work: undefined, fragile: { maxCrashes: 1 } } })
      await session.put(job('a'), job('b', { task: 'fragile' }), job('c'))

      expect(idsOf(await session.take(1, { ahead: 5 }))).toEqual(['a'])
    }),
    behaviour('hands out ahead a job that may crash more often than its task', async (kit) => {
      const session = await kit.session({ tasks: { fragile: { maxCrashes: 1 } } })
      await session.put(job('a'), job('b', { task: 'fragile', maxCrashes: 2 }))

      expect(idsOf(await session.take(1, { ahead: 5 }))).toEqual(['a', 'b'])
    }),
    behaviour('hands out for a slot what may not go ahead', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { maxCrashes: 1 }), job('b', { maxCrashes: 1 }))

      const taken = await session.take(2, { ahead: 2 })

      expect(taken.map((each) => each.ahead)).toEqual([false, false])
    }),
    behaviour('hands out no more input than the bytes asked for', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 4, { input: 'x'.repeat(1000) }))

      expect(await session.take(4, { bytes: 2500 })).toHaveLength(2)
      expect(await kit.states('j2', 'j3')).toEqual({ j2: 'enqueued', j3: 'enqueued' })
    }),
    behaviour('counts bytes, not characters', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 4, { input: '€'.repeat(500) }))

      expect(await session.take(4, { bytes: 3500 })).toHaveLength(2)
    }),
    behaviour('hands out the first job whatever its size', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 2, { input: 'x'.repeat(1000) }))

      expect(idsOf(await session.take(2, { bytes: 10 }))).toEqual(['j0'])
    }),
    behaviour('limits the bytes of what is handed out ahead, too', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 4, { input: 'x'.repeat(1000) }))

      expect(idsOf(await session.take(1, { ahead: 3, bytes: 2500 }))).toEqual(['j0', 'j1'])
    }),
    behaviour('counts argument values against the bytes, each once', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'), ...jobs('of a', 3, { edges: [value('a')], input: '1' }))
      await session.put(job('of b', { edges: [value('b')], input: '1' }))
      await session.finish('a', 'x'.repeat(1000))
      await session.finish('b', 'y'.repeat(1000))

      expect(idsOf(await session.take(9, { bytes: 1500 }))).toEqual(['of a0', 'of a1', 'of a2'])
    }),
    behaviour('tells the worker how often a job crashed', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.settle(crash(await session.takeOne()))

      expect(await session.takeOne()).toMatchObject({ crashes: 1, failures: 0 })
    }),
  ],
}
