import { describe, expect, it } from 'vitest'
import type { AppendEntry } from '../../src/backend/settlement.ts'
import type { HeldRun } from '../../src/pool/held-run.ts'
import { CallRoom, PendingNews } from '../../src/pool/pending-news.ts'

const run = { job: { id: 'j', token: 5 } } as unknown as HeldRun
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `${from + at}`)

/** The entries of as many calls as it takes. */
function taken(news: PendingNews): AppendEntry[] {
  const entries: AppendEntry[] = []
  do {
    const entry = news.take(new CallRoom())
    entries.push(entry ?? expect.fail('an empty call has room for something'))
  } while (!news.isTaken)
  return entries
}

/** The numbers that lines get, as a backend gives them. */
function numbered(entries: readonly AppendEntry[]): Map<number, string> {
  const found = new Map<number, string>()
  let last = 0
  for (const { lines: texts = [], skipped = 0 } of entries) {
    last += skipped
    for (const text of texts) {
      last += 1
      found.set(last, text)
    }
  }
  return found
}

describe('news that wait', () => {
  it('travel in one entry, the last progress and all lines', () => {
    const news = new PendingNews(run)
    news.add({ progress: 0.1, lines: ['a'] })
    news.add({ progress: 0.2, output: '"x"' })
    news.add({ lines: ['b', 'c'] })

    expect(taken(news)).toEqual([{ id: 'j', token: 5, progress: 0.2, output: '"x"', lines: ['a', 'b', 'c'] }])
  })

  it('travel in several if a call has no room for all lines, in order, the rest once', () => {
    const news = new PendingNews(run)
    news.add({ progress: 1, lines: lines(0, 600) })

    const entries = taken(news)

    expect(entries.map((entry) => entry.lines?.length)).toEqual([255, 255, 90])
    expect(entries.flatMap((entry) => entry.lines ?? [])).toEqual(lines(0, 600))
    expect(entries.map((entry) => entry.progress)).toEqual([1, undefined, undefined])
  })

  it('are cut by bytes as well', () => {
    const news = new PendingNews(run)
    news.add({ lines: Array.from({ length: 250 }, () => 'x'.repeat(8_000)) })

    const entries = taken(news)

    expect(entries.map((entry) => entry.lines?.length)).toEqual([128, 122])
  })

  it('leave room in a call to each other, and none beyond it', () => {
    const room = new CallRoom()
    const [first, second, third] = [new PendingNews(run), new PendingNews(run), new PendingNews(run)]
    for (const news of [first, second, third]) news.add({ lines: lines(0, 200) })

    expect(first.take(room)?.lines).toHaveLength(200)
    expect(second.take(room)?.lines).toHaveLength(54)
    expect(third.take(room)).toBeUndefined()
    expect([first.isTaken, second.isTaken, room.isFull]).toEqual([true, false, true])
  })

  it('keep the newest of too many lines, with the numbers that they would have had', () => {
    const news = new PendingNews(run)
    news.add({ lines: lines(1, 901) })
    news.add({ lines: lines(901, 1501) })

    const found = numbered(taken(news))

    expect(found.size).toBe(1000)
    for (const [number, text] of found) expect(text).toBe(`${number}`)
  })

  it('keep numbers where a worker has dropped lines of its own', () => {
    const news = new PendingNews(run)
    news.add({ lines: ['1', '2'] })
    news.add({ skipped: 5, lines: ['8'] })

    expect([...numbered(taken(news))]).toEqual([[8, '8']])
  })
})
