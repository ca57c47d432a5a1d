import { MAX_BATCH_ITEMS, MAX_JOURNAL_LINE_BYTES, MAX_JOURNAL_LINES } from '@taskspace/core/backend'
import { expect } from 'vitest'
import { behaviour, behaviourOfTwoClients, type KitGroup } from '../kit-case.ts'
import type { KitContext } from '../kit-context.ts'
import { present } from '../session/claimed.ts'
import type { KitSession } from '../session/kit-session.ts'
import { job } from '../session/sample-job.ts'
import { failure, giveBack, news, retry, success } from '../session/sample-settlement.ts'

/** What running jobs write, and what others read of it. */
export const journalCases: KitGroup = {
  name: 'journals',
  cases: [
    behaviour('keeps the lines of a job in the order written, numbered from 1', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      const answers = await session.append(news(held, { lines: ['one', 'two'] }), news(held, { lines: ['three'] }))
      await session.append(news(held, { lines: ['four'] }))

      expect(answers).toEqual(['ok', 'ok'])
      const lines = ['one', 'two', 'three', 'four'].map((text, at) => ({ number: at + 1, text }))
      expect(await kit.queue.journal('a', 0, 10)).toEqual({ series: 1, last: 4, lines })
    }),
    behaviour('has an empty journal for a job that wrote nothing, and none for an unknown one', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))

      expect(await kit.queue.journal('a', 0, 10)).toEqual({ series: 1, last: 0, lines: [] })
      expect(await kit.queue.journal('nobody', 0, 10)).toBeUndefined()
    }),
    behaviour('gives the lines after a number, as many as are asked for [RW-36]', async (kit) => {
      const session = await kit.session()
      await write(session, numbered(10))

      expect(await textsAfter(kit, 3, 4)).toEqual(['4', '5', '6', '7'])
      expect(await textsAfter(kit, 8, 4)).toEqual(['9', '10'])
      expect(await textsAfter(kit, 10, 4)).toEqual([])
      expect(await textsAfter(kit, 99, 4)).toEqual([])
    }),
    behaviour('passes over the numbers of lines that the worker dropped', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()

      await session.append(news(held, { lines: ['1'] }), news(held, { skipped: 5, lines: ['7', '8'] }))
      await session.append(news(held, { skipped: 2 }), news(held, { lines: ['11'] }))

      const { last, lines } = present(await kit.queue.journal('a', 0, 10), 'the journal')
      expect(last).toBe(11)
      expect(lines.map(({ number, text }) => `${number}:${text}`)).toEqual(['1:1', '7:7', '8:8', '11:11'])
    }),
    behaviour('keeps the newest lines, and tells by their numbers how many went', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      const texts = numbered(MAX_JOURNAL_LINES + 30)

      for (let from = 0; from < texts.length; from += 250) {
        await session.append(news(held, { lines: texts.slice(from, from + 250) }))
      }

      const page = present(await kit.queue.journal('a', 0, 3), 'the journal')
      expect(page.last).toBe(texts.length)
      expect(page.lines).toEqual([31, 32, 33].map((number) => ({ number, text: `${number}` })))
      expect(await textsAfter(kit, texts.length - 2, 10)).toEqual([texts.at(-2), texts.at(-1)])
    }),
    behaviour('stores as many lines as a call may hold, and gives them with one read', async (kit) => {
      const session = await kit.session()
      const texts = numbered(MAX_BATCH_ITEMS - 1)

      await write(session, texts)

      expect(await textsAfter(kit, 0, MAX_BATCH_ITEMS)).toEqual(texts)
    }),
    behaviour('gives texts of every kind back as they came [G25]', async (kit) => {
      const session = await kit.session()
      const texts = [
        '',
        ' ',
        '007',
        '{"a":[1]}',
        'it\'s; DROP "t" \\ %s $1',
        'two\nlines\r\n',
        'grüße € 語 👩‍👩‍👧 \u2028\u0001',
      ]
      const longest = '€'.repeat(Math.floor(MAX_JOURNAL_LINE_BYTES / 3))

      await write(session, [...texts, longest])

      expect(await textsAfter(kit, 0, 20)).toEqual([...texts, longest])
    }),
    behaviour('stores no line of a job that is not held with that token [G5]', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const old = await session.takeOne()
      await session.settle(giveBack(old))
      const held = await session.takeOne()

      const answers = await session.append(
        news(old, { lines: ['late'], skipped: 3 }),
        news({ id: 'nobody', token: 1 }, { lines: ['nobody'] }),
        news(held, { lines: ['mine'] }),
      )
      await session.settle(success(held))

      expect(answers).toEqual(['lost', 'lost', 'ok'])
      expect(await session.append(news(held, { lines: ['after the end'] }))).toEqual(['lost'])
      expect(await kit.queue.journal('a', 0, 10)).toMatchObject({ last: 1, lines: [{ number: 1, text: 'mine' }] })
    }),
    behaviour('stores the lines of a job that is to be canceled', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const held = await session.takeOne()
      await session.control({ kind: 'cancel', ids: ['a'], reason: 'enough', cascade: 'refuse' })

      expect(await session.append(news(held, { lines: ['tidying up'] }))).toEqual(['canceled'])
      expect(await textsAfter(kit, 0, 10)).toEqual(['tidying up'])
    }),
    behaviour('goes on with the journal at the next attempt, and keeps it when the job has ended', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'))
      const first = await session.takeOne()
      await session.append(news(first, { lines: ['first'] }))
      await session.settle(retry(first))
      const second = await session.takeOne()
      await session.append(news(second, { lines: ['second'] }))
      await session.settle(failure(second))

      expect(await textsAfter(kit, 0, 10)).toEqual(['first', 'second'])
    }),
    behaviour('begins an empty journal with a new series', async (kit) => {
      const session = await kit.session()
      await write(session, ['old', 'older'])
      await session.put(job('a', { onDuplicate: 'replace' }))
      const empty = await kit.queue.journal('a', 0, 10)
      const held = await session.takeOne()
      await session.append(news(held, { lines: ['new'] }))
      await session.settle(success(held))
      const replaced = await kit.queue.journal('a', 0, 10)

      await session.put(job('a', { reuseEnded: true }))

      expect(empty).toEqual({ series: 2, last: 0, lines: [] })
      expect(replaced).toEqual({ series: 2, last: 1, lines: [{ number: 1, text: 'new' }] })
      expect(await kit.queue.journal('a', 0, 10)).toEqual({ series: 3, last: 0, lines: [] })
    }),
    behaviour('forgets the journal with the record', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b', { ignoreResult: true }))
      const [a, b] = await session.take(2)
      for (const held of [present(a, 'a'), present(b, 'b')]) {
        await session.append(news(held, { lines: ['line'] }))
        await session.settle(success(held))
      }
      await session.control({ kind: 'remove', id: 'a' })
      expect(await kit.queue.journal('a', 0, 10)).toBeUndefined()
      expect(await kit.queue.journal('b', 0, 10)).toBeUndefined()

      await session.put(job('a'), job('b'))

      for (const id of ['a', 'b']) expect(await kit.queue.journal(id, 0, 10)).toMatchObject({ last: 0, lines: [] })
    }),
    behaviour('keeps the journals of jobs apart', async (kit) => {
      const session = await kit.session()
      await session.put(job('a'), job('b'))
      const [a, b] = await session.take(2)

      await session.append(
        news(present(a, 'a'), { lines: ['of a'] }),
        news(present(b, 'b'), { lines: ['of b', 'too'] }),
        news(present(a, 'a'), { lines: ['a again'], progress: 0.5 }),
      )

      expect(await textsAfter(kit, 0, 10)).toEqual(['of a', 'a again'])
      expect(await kit.queue.journal('b', 0, 10)).toMatchObject({ last: 2 })
      expect(await kit.record('a')).toMatchObject({ progress: 0.5 })
    }),
    behaviourOfTwoClients('is read by others than the one that wrote it', async (kit) => {
      const session = await kit.session()
      const other = await kit.reopen()

      await write(session, ['hello'])

      expect(await other.journal('a', 0, 10)).toMatchObject({ last: 1, lines: [{ number: 1, text: 'hello' }] })
    }),
  ],
}

/** Store a job `a`, claim it, and have it write. */
async function write(session: KitSession, lines: readonly string[]): Promise<void> {
  await session.put(job('a'))
  const held = await session.takeOne()
  expect(await session.append(news(held, { lines }))).toEqual(['ok'])
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${at + 1}`)
}

async function textsAfter(kit: KitContext, after: number, limit: number): Promise<string[]> {
  const page = present(await kit.queue.journal('a', after, limit), 'the journal')
  return page.lines.map((line) => line.text)
}
