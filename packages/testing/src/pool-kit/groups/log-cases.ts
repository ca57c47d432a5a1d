import type { JobNews } from '@taskspace/core'
import { expect } from 'vitest'
import { type PoolGroup, test } from '../pool-case.ts'
import type { PoolKit } from '../pool-kit.ts'

/** What jobs log, print and emit, as others read and follow it. */
export const logCases: PoolGroup = {
  name: 'logs and events',
  cases: [
    test('keep what a job logged, in order, when it has ended [RW-36]', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.logAll()
      await job.result()

      expect(
        (await job.logs()).map(({ number, level, source, text, fields }) => [number, level, source, text, fields]),
      ).toEqual([
        [1, 'debug', 'log', 'looking', undefined],
        [2, 'info', 'log', 'found', { count: 3 }],
        [3, 'warn', 'log', 'two\nlines', undefined],
        [4, 'error', 'log', 'lost', { by: { name: 'me' }, list: [1, null] }],
      ])
      expect((await job.logs({ level: 'warn' })).map((line) => line.text)).toEqual(['two\nlines', 'lost'])
      expect((await kit.broker.jobs.logs(job.id, { after: 3 })).map((line) => line.text)).toEqual(['lost'])
    }),
    test('are there while the job runs', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.logAround(gate.path)
      await gate.reached()

      const before = await kit.eventually(async () => texts(kit, job.id, 1))
      gate.open()
      await job.result()

      expect(before).toEqual(['before'])
      expect(await texts(kit, job.id, 2)).toEqual(['before', 'after'])
    }),
    test('hold what a job writes to its outputs, joined to lines and whole where it was written at once [RW-35]', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.print()
      await job.result()

      const lines = await job.logs()
      const of = (source: string) => lines.filter((line) => line.source === source)
      expect(of('stdout').map(({ level, text }) => [level, text])).toEqual([
        ['info', 'bit by bit'],
        ['info', 'several\nlines'],
        ['info', 'unfinished'],
      ])
      expect(of('stderr').map(({ level, text }) => [level, text])).toEqual([['warn', 'grüße €']])
    }),
    test('hold nothing of the outputs where that is turned off', async (kit) => {
      await kit.pool({ captureOutput: false })
      const job = kit.queue.kit.print()
      await job.result()

      expect(await job.logs()).toEqual([])
    }),
    test('are apart for jobs that run at the same time', async (kit) => {
      const gate = kit.gate()
      await kit.pool({ slots: 2 })
      const jobs = ['one', 'other'].map((name) => kit.queue.kit.printAround(gate.path, name))
      await gate.reached(2)
      gate.open()
      await Promise.all(jobs.map((job) => job.result()))

      expect(await texts(kit, jobs[0]?.id ?? '', 2)).toEqual(['one before', 'one after'])
      expect(await texts(kit, jobs[1]?.id ?? '', 2)).toEqual(['other before', 'other after'])
    }),
    test('go on at the next attempt, and stay when the job has failed', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.logAndFail()
      await kit.during(expect(job.result()).rejects.toThrow())

      expect(await texts(kit, job.id, 2)).toEqual(['attempt 1', 'attempt 2'])
    }),
    test('keep the newest lines, and tell by their numbers how many went', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.logMany(5_000)
      await job.result()

      const lines = await job.logs()

      expect(lines).toHaveLength(1000)
      expect([lines[0]?.number, lines.at(-1)?.number]).toEqual([4001, 5000])
      expect([lines[0]?.text, lines.at(-1)?.text]).toEqual(['line 4000', 'line 4999'])
    }),
    test('cut lines that are too long, and say how much is missing [G19]', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.logLong(1_000_000)
      await job.result()

      const [line] = await job.logs()

      expect(line?.text).toMatch(/^x{7000,8192}… \(99\d{4} more characters\)$/)
    }),
    test('tell what jobs emit, with any data that a job may return [PT-12]', async (kit) => {
      await kit.pool()
      const job = kit.queue.kit.emitAll()
      await job.result()

      const events = await job.events()

      expect(events.map(({ number, name, data }) => [number, name, data])).toEqual([
        [1, 'started', undefined],
        [3, 'step', { at: new Date(5), done: [1n], bytes: new Uint8Array([0, 255]) }],
      ])
      expect((await job.logs()).map(({ number, text }) => [number, text])).toEqual([[2, 'between']])
      expect(await kit.broker.jobs.events(job.id, { after: 1 })).toHaveLength(1)
    }),
    test('refuse events that cannot be sent, where they are emitted', async (kit) => {
      await kit.pool()

      expect(await kit.queue.kit.emitBadly().result()).toEqual([
        'INVALID_ARGUMENT',
        'NOT_SERIALIZABLE',
        'PAYLOAD_TOO_LARGE',
      ])
    }),
    test('are stored once, and before the outcome, though the reply of the backend is lost', async (kit) => {
      await kit.pool()
      kit.network.lose('reply', 'append')
      const job = kit.queue.kit.logAll()

      await kit.during(job.result())

      expect((await job.logs()).map(({ number }) => number)).toEqual([1, 2, 3, 4])
    }),
    test('are followed as they come, until the job has ended', async (kit) => {
      const [first, second] = [kit.gate(), kit.gate()]
      const job = kit.queue.kit.tellAround(first.path, second.path)
      await job.enqueued()
      const heard = hear(kit, job.id)
      await kit.pool()

      await kit.eventually(() => heard.news.length >= 2)
      first.open()
      await kit.eventually(() => heard.news.length >= 4)
      second.open()
      await heard.ended

      const news = heard.news.map(shown)
      // Progress is no line of the journal: which of both comes first is open.
      expect(news.slice(2, 4).sort()).toEqual(['log half', 'progress 0.5'])
      expect([...news.slice(0, 2), ...news.slice(4)]).toEqual(['log begun', 'event step', 'log over'])
    }),
    test('are followed by several, each from where it wants', async (kit) => {
      const gate = kit.gate()
      await kit.pool()
      const job = kit.queue.kit.logAround(gate.path)
      await job.enqueued()
      const [all, late] = [hear(kit, job.id), hear(kit, job.id, { after: 1 })]
      await kit.eventually(() => all.news.length >= 1)
      gate.open()
      await Promise.all([all.ended, late.ended])

      expect(all.news.map(shown)).toEqual(['log before', 'log after'])
      expect(late.news.map(shown)).toEqual(['log after'])
    }),
    test("are refused of a job that is not this worker's any more [G5]", async (kit) => {
      const gate = kit.gate()
      await kit.pool({ slots: 2, grace: '1h' })
      const job = kit.queue.kit.logAfterLoss(gate.path)
      await gate.reached()

      await kit.broker.jobs.expireLease(job.id)
      await gate.reached(2)
      gate.open()
      await job.result()

      await kit.eventually(async () => expect(await texts(kit, job.id, 2)).toEqual(['attempt 2', 'attempt 2 goes on']))
    }),
  ],
}

/** The texts of a job's log, when it has so many lines. */
async function texts(kit: PoolKit, id: string, least: number): Promise<string[]> {
  const lines = await kit.broker.jobs.logs(id)
  if (lines.length < least) throw new Error(`${lines.length} lines, not ${least}`)
  return lines.map((line) => line.text)
}

interface Heard {
  readonly news: JobNews[]
  readonly ended: Promise<void>
}

/** Follow a job from another process, as it were. */
function hear(kit: PoolKit, id: string, options?: { readonly after: number }): Heard {
  const news: JobNews[] = []
  const follow = async (): Promise<void> => {
    for await (const each of kit.caller().deferred(id).follow(options)) news.push(each)
  }
  return { news, ended: follow() }
}

function shown(news: JobNews): string {
  if (news.kind === 'progress') return `progress ${news.progress}`
  return news.kind === 'log' ? `log ${news.text}` : `event ${news.name}`
}
