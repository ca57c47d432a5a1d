import { INLINE_VALUE_BYTES } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf } from '../session/claimed.ts'
import { job, value } from '../session/sample-job.ts'
import { failure, success } from '../session/sample-settlement.ts'

const LARGE = 'xyz'.repeat(INLINE_VALUE_BYTES)

/** Stored values, read by those who hold their name. */
export const readValueCases: KitGroup = {
  name: 'reading values',
  cases: [
    behaviour('gives a text as its bytes in UTF-8, with its whole size', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '"süß €"')

      const chunk = await kit.queue.readValue({ id: 'a', series: 1 }, 0, 100)

      const bytes = Buffer.from('"süß €"')
      expect(chunk).toMatchObject({ kind: 'text', size: bytes.length })
      expect(Buffer.from(chunk?.bytes ?? [])).toEqual(bytes)
    }),
    behaviour('gives bytes as they are', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', new Uint8Array([0, 1, 254, 255]))

      const chunk = await kit.queue.readValue({ id: 'a', series: 1 }, 0, 100)

      expect(chunk).toMatchObject({ kind: 'bytes', size: 4 })
      expect([...(chunk?.bytes ?? [])]).toEqual([0, 1, 254, 255])
    }),
    behaviour('cuts a text in bytes, even inside a character', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', 'a€b')

      const chunk = await kit.queue.readValue({ id: 'a', series: 1 }, 2, 2)

      expect(chunk).toMatchObject({ kind: 'text', size: 5 })
      expect([...(chunk?.bytes ?? [])]).toEqual([...Buffer.from('a€b').subarray(2, 4)])
    }),
    behaviour('gives a large value in chunks that make up the whole', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', LARGE)

      const chunks: Uint8Array[] = []
      for (let offset = 0; offset < LARGE.length; offset += INLINE_VALUE_BYTES) {
        const chunk = await kit.queue.readValue({ id: 'a', series: 1 }, offset, INLINE_VALUE_BYTES)
        chunks.push(chunk?.bytes ?? expect.fail('a chunk is missing'))
      }

      expect(Buffer.concat(chunks).toString()).toBe(LARGE)
    }),
    behaviour('gives no more than there is', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '12345')

      const chunk = await kit.queue.readValue({ id: 'a', series: 1 }, 3, 100)

      expect(Buffer.from(chunk?.bytes ?? []).toString()).toBe('45')
    }),
    behaviour('gives nothing for an unknown job, another series, or a job without a result', async (kit) => {
      const session = await kit.session()
      await session.put(job('done'), job('failed'), job('waits'))
      await session.finish('done')
      await session.settle(failure(await session.takeOne()))

      const refs = [
        { id: 'nobody', series: 1 },
        { id: 'done', series: 2 },
        { id: 'failed', series: 1 },
        { id: 'waits', series: 1 },
      ]

      for (const ref of refs) expect(await kit.queue.readValue(ref, 0, 10)).toBeUndefined()
    }),
    behaviour('gives a result to any number of readers [G6]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      await session.finish('a', '"again"')

      expect([await kit.valueOf('a'), await kit.valueOf('a')]).toEqual(['"again"', '"again"'])
    }),
    behaviour('keeps a large value readable while the job that needs it runs, though its life is over', async (kit) => {
      const session = await kit.session()
      await session.put(job('a', { resultTtlMs: 0 }), job('b', { edges: [value('a')] }))
      await session.finish('a', LARGE)
      const reply = await session.claim()
      const [found] = argumentsOf(reply, 'b')
      if (found?.kind !== 'large') expect.fail('the value is large')

      const chunk = await kit.queue.readValue(found.ref, LARGE.length - 3, 3)
      const [held] = reply.jobs
      await session.settle(success(held ?? expect.fail('b is held')))
      await kit.sweepAll()

      expect(Buffer.from(chunk?.bytes ?? []).toString()).toBe('xyz')
      expect(await kit.queue.readValue(found.ref, 0, 3)).toBeUndefined()
    }),
  ],
}
