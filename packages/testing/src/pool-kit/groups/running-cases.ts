import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** Jobs that run as they should. */
export const runningCases: PoolGroup = {
  name: 'running jobs',
  cases: [
    test('stores the result of a synchronous and of an asynchronous task', async (kit) => {
      await kit.pool()

      const results = await Promise.all([kit.queue.kit.add(1, 2).result(), kit.queue.kit.addLater(3, 4).result()])

      expect(results).toEqual([3, 7])
    }),
    test('hands values over as they are, both ways', async (kit) => {
      await kit.pool()
      const value = {
        ...{ nothing: undefined, when: new Date(5), big: 2n ** 70n, bytes: new Uint8Array([1, 2, 3]) },
        ...{ map: new Map([['a', new Set([1])]]), list: [null, true, 1.5, '€', 'a\0b'], far: Number.POSITIVE_INFINITY },
      }

      expect(await kit.queue.kit.echo(value).result()).toEqual(value)
    }),
    test('keeps large bytes as they were, whatever those who have them do to them', async (kit) => {
      await kit.pool()
      const [bytes, same] = [Buffer.alloc(300_000, 7), Buffer.alloc(300_000, 7)]
      const job = kit.queue.kit.spoil(bytes)
      bytes.fill(1)

      const result = await kit.during(job.result())
      const wasSame = same.equals(result)
      result.fill(2)

      expect(wasSame).toBe(true)
      expect(same.equals((await kit.caller().deferred(job.id).result()) as Uint8Array)).toBe(true)
    }),
    test('gives undefined for a task that returns nothing', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.nothing()

      expect(await job.result()).toBeUndefined()
      expect(job.hasValue()).toBe(true)
    }),
    test('runs each of a thousand jobs once', async (kit) => {
      await kit.pool({ slots: 4 })
      const numbers = Array.from({ length: 1000 }, (_, n) => n)

      const results = await Promise.all(numbers.map((n) => kit.queue.kit.add(n, 1).result()))

      expect(results).toEqual(numbers.map((n) => n + 1))
      const attempts = await Promise.all(numbers.slice(0, 10).map((n) => kit.queue.kit.add(n, 1).enqueued()))
      for (const { id } of attempts) expect((await kit.reaches(id, 'success')).attempt).toBe(1)
    }),
    test('runs as many jobs at once as it has slots, and no more [PT-18]', async (kit) => {
      const gate = kit.gate()
      const pool = await kit.pool({ slots: 3 })
      const jobs = Array.from({ length: 5 }, () => kit.queue.kit.hold(gate.path))

      await gate.reached(3)
      await kit.advance(2_000)
      const [arrivals, running] = [gate.arrivals, pool.stats().running]
      gate.open()
      await Promise.all(jobs.map((job) => job.result()))

      expect([arrivals, running]).toEqual([3, 3])
      expect(gate.arrivals).toBe(5)
    }),
    test('takes the next job as soon as a slot is free', async (kit) => {
      const [first, rest] = [kit.gate(), kit.gate()]
      await kit.pool({ slots: 2 })
      const jobs = [kit.queue.kit.hold(first.path), kit.queue.kit.hold(rest.path), kit.queue.kit.hold(rest.path)]
      await Promise.all([first.reached(), rest.reached()])

      first.open()

      await rest.reached(2)
      rest.open()
      await Promise.all(jobs.map((job) => job.result()))
    }),
    test('starts jobs in the order in which they were enqueued [G11]', async (kit) => {
      const jobs = Array.from({ length: 20 }, () => kit.queue.kit.about())
      await Promise.all(jobs.map((job) => job.enqueued()))

      await kit.pool({ slots: 1, ahead: false })

      const tokens = (await Promise.all(jobs.map((job) => job.result()))).map(({ token }) => token)
      expect(tokens).toEqual([...tokens].sort((a, b) => a - b))
    }),
    test('takes higher priorities first [RQ-45]', async (kit) => {
      const gate = kit.gate()
      const blocker = kit.queue.kit.hold(gate.path)
      await kit.pool({ slots: 1, ahead: false })
      await gate.reached()
      const low = kit.queue.kit.about.with({ priority: -1 })()
      const high = kit.queue.kit.about.with({ priority: 5 })()
      const middle = kit.queue.kit.about()
      await Promise.all([low, high, middle].map((job) => job.enqueued()))

      gate.open()
      const tokens = (await Promise.all([high, middle, low].map((job) => job.result()))).map(({ token }) => token)
      await blocker.result()

      expect(tokens).toEqual([...tokens].sort((a, b) => a - b))
    }),
    test('keeps no result of a job that is to have none [WQ-26]', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.echo.with({ ignoreResult: true })('x')

      expect(await job.wait()).toBe(true)
      expect(await kit.network.read([job.id])).toEqual([undefined])
    }),
    test('runs a job that is due, not before', async (kit) => {
      await kit.pool()
      const job = await kit.queue.kit.echo.with({ delay: '1m' })('x').enqueued()

      await kit.advance(59_000)
      const early = await job.status()
      await kit.advance(2_000)

      expect(early).toBe('scheduled')
      expect(await job.result()).toBe('x')
    }),
  ],
}
