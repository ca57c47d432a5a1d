import type { Payload } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, type KitGroup } from '../kit-case.ts'
import { argumentsOf, inline, present } from '../session/claimed.ts'
import { job, value } from '../session/sample-job.ts'
import { failure, failureOf, news, success } from '../session/sample-settlement.ts'

/** Payloads of every kind: each comes back as the same kind, with the same content. */
const PAYLOADS: readonly (readonly [what: string, payload: Payload])[] = [
  ['a text', '{"a":[1,2]}'],
  ['an empty text', ''],
  ['a text with NUL', 'a\0b\0'],
  ['a text of many alphabets', 'grüße € 語 👩‍👩‍👧 \u2028'],
  ['a text that looks like a number', '007'],
  ['a text with line breaks', '\r\n\n\r'],
  ['bytes of every value', Uint8Array.from({ length: 256 }, (_, at) => at)],
  ['no bytes', new Uint8Array(0)],
  ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0xc3, 0x28])],
  ['bytes that look like text', new TextEncoder().encode('"text"')],
  ['a long text', 'lang €'.repeat(50_000)],
  ['many bytes', new Uint8Array(300_000).fill(7)],
]

/** What is stored for users is never looked into. */
export const payloadCases: KitGroup = {
  name: 'payloads as data',
  cases: [
    ...PAYLOADS.map(([what, payload]) =>
      behaviour(`gives ${what} back as it came: as input, output, result and detail [G25] [RW-22]`, async (kit) => {
        const session = await kit.session()
        await session.put(job('a', { input: payload }), job('b', { edges: [value('a')] }))
        const held = await session.takeOne()

        await session.append(news(held, { output: payload }))
        await session.settle(success(held, payload))
        const record = await kit.record('a')
        const reply = await session.claim()
        const b = present(reply.jobs[0], 'b')
        await session.settle(failure(b, { details: payload }))

        for (const found of [held.input, record.input, present(record.output, 'the output')]) expectSame(found, payload)
        const chunk = await kit.queue.readValue({ id: 'a', series: 1 }, 0, 1_000_000)
        expect(chunk?.kind).toBe(typeof payload === 'string' ? 'text' : 'bytes')
        expect(Buffer.from(present(chunk, 'the value').bytes).equals(Buffer.from(payload as string))).toBe(true)
        if ((chunk?.size ?? 0) < 200_000) expect(argumentsOf(reply, 'b')).toEqual([inline(payload)])
        expectSame(present((await kit.record('b')).failure?.details, 'the details'), payload)
      }),
    ),
    behaviour('keeps a result that is a text apart from one that is bytes with the same content', async (kit) => {
      const session = await kit.session()
      await session.put(job('text'), job('bytes'), job('d', { edges: [value('text'), value('bytes')] }))
      await session.finish('text', '"x"')
      await session.finish('bytes', new TextEncoder().encode('"x"'))

      const [text, bytes] = argumentsOf(await session.claim(), 'd')

      expect(text).toEqual(inline('"x"'))
      expect(bytes).toEqual(inline(new TextEncoder().encode('"x"')))
    }),
    behaviour('is not touched by what becomes of the bytes that were given to it', async (kit) => {
      const session = await kit.session()
      const [input, result] = [new Uint8Array([1, 2, 3]), new Uint8Array([4, 5, 6])]
      await session.put(job('a', { input }), job('b', { edges: [value('a')] }))
      input.fill(0)
      const held = await session.takeOne()

      await session.settle(success(held, result))
      result.fill(0)

      expectSame(held.input, new Uint8Array([1, 2, 3]))
      expect(argumentsOf(await session.claim(), 'b')).toEqual([inline(new Uint8Array([4, 5, 6]))])
    }),
    behaviour('is not touched by what a worker does to the bytes that it was handed', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { edges: [value('a')] }), job('c', { edges: [value('a')] }))
      await session.finish('a', new Uint8Array([1, 2, 3]))

      const [first] = argumentsOf(await session.claim(), 'b')
      if (first?.kind !== 'value' || typeof first.payload === 'string') expect.fail('the value is bytes')
      first.payload.fill(0)

      expect(argumentsOf(await session.claim(), 'c')).toEqual([inline(new Uint8Array([1, 2, 3]))])
    }),
    behaviour('takes a result of several megabytes', async (kit) => {
      const session = await kit.session()
      const text = 'mega €'.repeat(500_000)
      await session.put(job('a'))

      await session.finish('a', text)

      const size = Buffer.byteLength(text)
      const tail = await kit.queue.readValue({ id: 'a', series: 1 }, size - 8, 100)
      expect(tail).toMatchObject({ kind: 'text', size })
      expect(Buffer.from(present(tail, 'the tail').bytes).toString()).toBe('mega €')
    }),
    behaviour('keeps a failure with every field that it has', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      const full = { text: 'x'.repeat(8192), stack: 'y'.repeat(8192), details: new Uint8Array([0]), group: 'ünï\0' }

      await session.settle(failure(held, full))

      expect((await kit.record('a')).failure).toEqual(failureOf(held, full))
    }),
  ],
}

function expectSame(found: Payload, given: Payload): void {
  expect(typeof found).toBe(typeof given)
  expect(Buffer.from(found as string).equals(Buffer.from(given as string))).toBe(true)
}
