import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'

/** Jobs whose arguments, or results, are other jobs’. */
export const graphCases: PoolGroup = {
  name: 'graphs of jobs',
  cases: [
    test('get the results of others as arguments, at any depth', async (kit) => {
      await kit.pool()
      const { kit: tasks } = kit.queue
      const numbers = [tasks.add(1, 2), 10, tasks.add(tasks.add(1, 1), tasks.add(2, 2))]

      expect(await tasks.sum(numbers).result()).toBe(19)
      expect(await tasks.echo({ deep: [{ value: tasks.add(20, 22) }] }).result()).toEqual({ deep: [{ value: 42 }] })
    }),
    test('get one result in several places', async (kit) => {
      await kit.pool()
      const one = kit.queue.kit.add(1, 2)

      expect(await kit.queue.kit.sum([one, one, one]).result()).toBe(9)
    }),
    test('may have very many arguments', async (kit) => {
      await kit.pool()
      const numbers = Array.from({ length: 300 }, (_, n) => kit.queue.kit.add(n, 0))

      expect(await kit.queue.kit.sum(numbers).result()).toBe(44_850)
    }),
    test('get values that are too large to travel with a claim', async (kit) => {
      await kit.pool()
      const { kit: tasks } = kit.queue
      const large = [tasks.repeat('€', 400_000), tasks.repeat('a', 2_000_000), tasks.repeat('b', 10)]

      expect(await tasks.sizes(large).result()).toEqual([400_000, 2_000_000, 10])
    }),
    test('fail if their arguments take more than a job may have', async (kit) => {
      await kit.pool({ argumentBytes: 1_000_000 })
      const { kit: tasks } = kit.queue
      const parts = [tasks.repeat('a', 600_000), tasks.repeat('b', 600_000)]

      await expect(tasks.sizes(parts).result()).rejects.toMatchObject({ kind: 'invalid-input' })
    }),
    test('fail with the failure of an argument, which goes on naming its job [WQ-33]', async (kit) => {
      await kit.pool()
      const { kit: tasks } = kit.queue
      const failed = tasks.add(1, tasks.fail('no') as never)

      await expect(tasks.add(failed, 1).result()).rejects.toMatchObject({ task: 'kit.fail', text: 'RangeError: no' })
    }),
    test('are handed the failure of an argument if they ask for it [WQ-34]', async (kit) => {
      await kit.pool()
      const failed = kit.queue.kit.fail('no')
      const texts = await kit.queue.kit.textOf.with({ onError: 'pass' })([1, failed, 2]).result()

      expect(texts[0]).toBe('1')
      expect(texts[1]).toContain(`kit.fail [default:${failed.id}] RangeError: no`)
    }),
    test('fail with a TaskFailure that they return, which goes on naming its job [WQ-34]', async (kit) => {
      await kit.pool()
      const failed = kit.queue.kit.fail('no')
      const handedOn = kit.queue.kit.handOn.with({ onError: 'pass' })(failed)

      await expect(handedOn.result()).rejects.toMatchObject({ task: 'kit.fail', id: failed.id, text: 'RangeError: no' })
    }),
    test('have the result of a job that they return', async (kit) => {
      await kit.pool()

      expect(await kit.queue.kit.callAndReturn(20, 22).result()).toBe(42)
    }),
    test('may go on so to any depth, with one slot', async (kit) => {
      await kit.pool({ slots: 1 })

      expect(await kit.queue.kit.nest(20).result()).toBe(20)
    }),
  ],
}
