import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** A pool that is started again under its name. */
export const resumeCases: PoolGroup = {
  name: 'resuming',
  cases: [
    test('takes back at once what a pool of that name held that died, uncharged [RQ-94, RW-41]', async (kit) => {
      const gate = kit.gate()
      // Longer than workers take to start, as whose time the kit lets pass.
      await kit.pool({ name: 'me', lease: '1h' })
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()
      const other = kit.otherBroker()
      await other.ping()
      kit.network.goDown()

      await kit.during(kit.create({ name: 'me', resume: true }, other).start())
      await gate.reached(2)
      gate.open()

      expect(await other.deferred(job.id).result()).toBe('done')
      expect(await kit.record(job.id)).toMatchObject({ attempt: 1, crashes: 0, failures: 0 })
    }),
    test('is refused while a pool of that name lives, which goes on [RQ-94]', async (kit) => {
      const gate = kit.gate()
      const first = await kit.pool({ name: 'me' })
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()
      const second = kit.create({ name: 'me', resume: true }, kit.otherBroker())

      await expect(kit.during(second.start())).rejects.toMatchObject({
        ...{ code: 'POOL_NAME_TAKEN', pool: 'me' },
        message: "another pool with the name 'me' is running: give each its own name to resume under",
      })
      gate.open()

      expect(await job.result()).toBe('done')
      expect(await kit.record(job.id)).toMatchObject({ attempt: 1 })
      await first.stop()
      await kit.during(second.start())
      expect(await kit.queue.kit.add(1, 2).result()).toBe(3)
    }),
    test('is refused while a pool of that name lives that has nothing to do', async (kit) => {
      await kit.pool({ name: 'me' })
      await kit.advance(60_000)
      const second = kit.create({ name: 'me', resume: true }, kit.otherBroker())

      await expect(kit.during(second.start())).rejects.toMatchObject({ code: 'POOL_NAME_TAKEN' })
    }),
    test('lets one of two go on that are started at the same time', async (kit) => {
      const [one, other] = [kit.otherBroker(), kit.otherBroker()]
      await Promise.all([one.ping(), other.ping()])
      const pools = [one, other].map((broker) => kit.create({ name: 'me', resume: true }, broker))

      const started = await kit.during(Promise.allSettled(pools.map((pool) => pool.start())))

      expect(started.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    }),
    test('starts at once under a name that nobody has, and leaves those of other names alone', async (kit) => {
      const gate = kit.gate()
      await kit.pool({ name: 'other' })
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()

      await kit.pool({ name: 'me', resume: true }, kit.otherBroker())
      gate.open()

      expect(await job.result()).toBe('done')
      expect(await kit.record(job.id)).toMatchObject({ attempt: 1 })
    }),
    test('lets a pool that was only out of reach go on with new jobs', async (kit) => {
      const gate = kit.gate()
      const first = await kit.pool({ name: 'me' })
      const job = kit.queue.kit.hold(gate.path, 'done')
      await gate.reached()
      const other = kit.otherBroker()
      await other.ping()
      kit.network.goDown()
      const next = kit.create({ name: 'me', resume: true }, other)
      await kit.during(next.start())
      await gate.reached(2)

      kit.network.comeUp()
      gate.open()
      await kit.advance(30_000)
      await next.stop()

      expect(await other.deferred(job.id).result()).toBe('done')
      expect(first.stats()).toMatchObject({ running: 0, held: 0 })
      expect(await kit.during(kit.queue.kit.add(1, 2).result())).toBe(3)
    }),
  ],
}
