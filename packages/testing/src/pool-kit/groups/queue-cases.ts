import { expect } from 'vitest'
import type { kitTasks } from '../kit-tasks.ts'
import { type PoolGroup, test } from '../pool-case.ts'
import type { PoolKit } from '../pool-kit.ts'

const threeIn = (kit: PoolKit, name: string) => {
  return Array.from({ length: 3 }, () => kit.broker.queue<typeof kitTasks>(name).kit.about())
}

/** The queues of jobs in the order in which they were claimed; their outcomes may be heard in another one. */
async function queuesInTurn(jobs: ReturnType<typeof threeIn>): Promise<readonly string[]> {
  const told = await Promise.all(jobs.map((job) => job.result()))
  return [...told].sort((one, other) => one.token - other.token).map(({ queueName }) => queueName)
}

/** Which queues jobs are taken from. */
export const queueCases: PoolGroup = {
  name: 'queues',
  cases: [
    test('are served if they are those of the pool, and no others', async (kit) => {
      await kit.pool({ queues: ['mail', 'web'] })
      const mine = ['mail', 'web'].map((name) => kit.broker.queue(name).kit.echo(name))
      const other = await kit.broker.queue('other').kit.echo('other').enqueued()

      expect(await Promise.all(mine.map((job) => job.result()))).toEqual(['mail', 'web'])
      expect(await other.status()).toBe('enqueued')
    }),
    test('may have any name', async (kit) => {
      const names = ['a:b', '{tag}', 'nul\0', '👍', '__proto__', 'constructor']
      await kit.pool({ queues: names })

      const jobs = names.map((name) => kit.broker.queue(name).kit.echo(name))

      expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(names)
    }),
    test('of a list are served in order: a later one only while the earlier have nothing', async (kit) => {
      const jobs = ['second', 'first'].flatMap((name) => threeIn(kit, name))
      await Promise.all(jobs.map((job) => job.enqueued()))

      await kit.pool({ slots: 1, ahead: false, queues: ['first', 'second'] })

      expect(await queuesInTurn(jobs)).toEqual(['first', 'first', 'first', 'second', 'second', 'second'])
    }),
    test('that are to be served fairly are served in turn [RQ-92]', async (kit) => {
      const jobs = ['a', 'b'].flatMap((name) => threeIn(kit, name))
      await Promise.all(jobs.map((job) => job.enqueued()))

      await kit.pool({ slots: 1, ahead: false, queues: { fair: ['a', 'b'] } })

      const order = await queuesInTurn(jobs)
      expect(order.slice(0, 4).filter((name) => name === 'a')).toHaveLength(2)
    }),
    test('are shared by several pools, each job going to one', async (kit) => {
      await Promise.all([kit.pool({ slots: 2 }), kit.pool({ slots: 2 }, kit.otherBroker())])
      const jobs = Array.from({ length: 50 }, (_, n) => kit.queue.kit.echo(n))

      await Promise.all(jobs.map((job) => job.result()))

      for (const { id } of jobs) expect((await kit.record(id)).attempt).toBe(1)
    }),
  ],
}
