import { expect } from 'vitest'
import { behaviour, behaviourOfTwoClients, type KitGroup } from '../kit-case.ts'
import { job } from '../session/sample-job.ts'
import { news, retry } from '../session/sample-settlement.ts'

/** Who hears that something was appended to a job. */
export const followingCases: KitGroup = {
  name: 'following',
  cases: [
    behaviour('tells of lines, progress and output that are appended to a job followed [PT-12]', async (kit) => {
      const [worker, reader] = [await kit.session(), await kit.producer()]
      await worker.put(job('a'))
      const held = await worker.takeOne()
      const hearing = await kit.listen(reader)
      await hearing.follow('a')

      for (const what of [{ lines: ['one'] }, { progress: 0.5 }, { output: '"so far"' }]) {
        await worker.append(news(held, what))
        await hearing.toldNews('a')
      }
    }),
    behaviour('tells of a job that is claimed only after it was followed, and at each attempt', async (kit) => {
      const [worker, reader] = [await kit.session(), await kit.producer()]
      await worker.put(job('a'))
      const hearing = await kit.listen(reader)
      await hearing.follow('a')

      for (let attempt = 0; attempt < 2; attempt += 1) {
        const held = await worker.takeOne()
        await worker.append(news(held, { lines: ['line'] }))
        await hearing.toldNews('a')
        await worker.settle(retry(held))
      }
    }),
    behaviour('tells each session what it follows alone, and nothing more once it does not', async (kit) => {
      const [worker, one, other] = [await kit.session(), await kit.producer(), await kit.producer()]
      await worker.put(job('a'), job('b'), job('fence'))
      const [a, b, fence] = await worker.take(3)
      if (!a || !b || !fence) expect.fail('three jobs are there')
      const [first, second] = [await kit.listen(one), await kit.listen(other)]
      await first.follow('a', 'b', 'fence')
      await second.follow('b', 'fence')
      first.unfollow('b')
      // What is not followed any more may still be on its way: a first fence lets it pass.
      await worker.append(news(fence, { lines: ['fence'] }))
      await Promise.all([first.toldNews('fence'), second.toldNews('fence')])

      await worker.append(news(a, { lines: ['a'] }), news(b, { lines: ['b'] }))
      await worker.append(news(fence, { lines: ['fence'] }))
      await Promise.all([first.toldNews('fence'), second.toldNews('fence')])

      expect([first.hasNews('a') || first.wasInterrupted, second.hasNews('b')]).toEqual([true, true])
      expect([first.hasNews('b'), second.hasNews('a')]).toEqual([false, false])
    }),
    behaviour('tells nothing of appends that were refused', async (kit) => {
      const [worker, reader] = [await kit.session(), await kit.producer()]
      await worker.put(job('a'), job('fence'))
      const [old, fence] = await worker.take(2)
      if (!old || !fence) expect.fail('two jobs are there')
      await worker.settle(retry(old))
      const hearing = await kit.listen(reader)
      await hearing.follow('a', 'fence')

      expect(await worker.append(news(old, { lines: ['late'] }))).toEqual(['lost'])
      await worker.append(news(fence, { lines: ['fence'] }))
      await hearing.toldNews('fence')

      expect(hearing.hasNews('a') && !hearing.wasInterrupted).toBe(false)
    }),
    behaviour('lets unknown and ended jobs be followed, of which there is nothing to tell', async (kit) => {
      const [worker, reader] = [await kit.session(), await kit.producer()]
      await worker.put(job('ended'), job('fence'))
      await worker.finish('ended')
      const hearing = await kit.listen(reader)

      await hearing.follow('nobody', 'ended', 'fence')
      await worker.append(news(await worker.takeOne(), { lines: ['fence'] }))

      await hearing.toldNews('fence')
    }),
    behaviourOfTwoClients('tells clients of other objects on the store', async (kit) => {
      const worker = await kit.session()
      const reader = await kit.producer(await kit.reopen())
      await worker.put(job('a'))
      const hearing = await kit.listen(reader)
      await hearing.follow('a')

      await worker.append(news(await worker.takeOne(), { lines: ['line'] }))

      await hearing.toldNews('a')
    }),
  ],
}
