import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { job, jobs } from '../session/sample-job.ts'
import { giveBack, news, success } from '../session/sample-settlement.ts'

/** News that running jobs send of themselves. */
export const appendCases: KitGroup = {
  name: 'append',
  cases: [
    behaviour('shows progress and output of a running job to readers', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      const answers = await session.append(news(held, { progress: 0.25, output: '"so far"' }))

      expect(answers).toEqual(['ok'])
      expect(await kit.record('a')).toMatchObject({ state: 'processing', progress: 0.25, output: '"so far"' })
    }),
    behaviour('keeps the last of several news, in one call and in several', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      await session.append(news(held, { progress: 0.1 }), news(held, { progress: 0.2, output: '"1"' }))
      await session.append(news(held, { progress: 0.3 }))

      expect(await kit.record('a')).toMatchObject({ progress: 0.3, output: '"1"' })
    }),
    behaviour('keeps progress when only output comes, and the other way round', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      await session.append(news(held, { progress: 1 }))
      await session.append(news(held, { output: new Uint8Array([1, 2]) }))

      const record = await kit.record('a')
      expect(record.progress).toBe(1)
      expect(record.output).toEqual(new Uint8Array([1, 2]))
    }),
    behaviour('stores no news of a job that is not held with that token [G5]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const old = await session.takeOne()
      await session.settle(giveBack(old))
      const held = await session.takeOne()
      await session.append(news(held, { progress: 0.5 }))

      const answers = await session.append(
        news(old, { progress: 0.9 }),
        news({ id: 'nobody', token: 1 }, { progress: 0.9 }),
        news(held, { output: '"mine"' }),
      )

      expect(answers).toEqual(['lost', 'lost', 'ok'])
      expect(await kit.record('a')).toMatchObject({ progress: 0.5, output: '"mine"' })
    }),
    behaviour('stores no news of a job that has ended', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.append(news(held, { progress: 0.5 }))
      await session.settle(success(held))

      expect(await session.append(news(held, { progress: 0.9 }))).toEqual(['lost'])
      expect(await kit.record('a')).toMatchObject({ progress: 0.5 })
    }),
    behaviour('stores the news of a job that is to be canceled, and tells it so', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.control({ kind: 'cancel', ids: ['a'], reason: 'enough', cascade: 'refuse' })

      expect(await session.append(news(held, { progress: 0.5 }))).toEqual(['canceled'])
      expect(await kit.record('a')).toMatchObject({ progress: 0.5 })
    }),
    behaviour('keeps the output of a job when it has ended', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.append(news(held, { output: '"saved"' }))

      await session.settle(success(held, '"result"'))

      expect(await kit.record('a')).toMatchObject({ state: 'success', output: '"saved"' })
    }),
    behaviour('takes news of 256 jobs with one call', async (kit) => {
      const session = await kit.session()
      await session.put(...jobs('j', 256))
      const held = await session.take(256)

      const answers = await session.append(...held.map((each) => news(each, { progress: 0.5 })))

      expect(answers).toEqual(held.map(() => 'ok'))
      expect(await kit.record('j255')).toMatchObject({ progress: 0.5 })
    }),
  ],
}
