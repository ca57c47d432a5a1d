import { eventually } from '@taskspace/testing'
import { describe, expect, it } from 'vitest'
import { PoolFixture } from './pool-fixture.ts'
import { SOURCES } from './sources.ts'

const TIMEOUT_MS = 60_000

describe('what a worker prints', { timeout: TIMEOUT_MS }, () => {
  it('is in the log of the job that printed it, lines that belong together whole', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const job = fixture.queue.t.print('hello')
    await job.result()

    const lines = await job.logs()

    expect(lines.map(({ source, text }) => [source, text])).toEqual([
      ['stdout', 'hello'],
      ['stderr', 'first\nsecond'],
      ['stdout', 'in parts'],
    ])
  })

  it('is there also if a program wrote it that the job has started', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const job = fixture.queue.t.printFromShell('echo from a shell; echo with trouble >&2; sleep 1')
    await job.result()

    const lines = await job.logs()

    expect(lines.map(({ text }) => text).sort()).toEqual(['from a shell', 'with trouble'])
  })

  it('is there also of a job that ends its process', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const job = fixture.queue.t.printAndExit.with({ maxCrashes: 1 })('last words')
    await job.wait()

    expect((await job.logs()).map(({ text }) => text)).toEqual(['last words', 'unfinished'])
  })

  it('is there while the job computes without end, and so is its progress', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const job = fixture.queue.t.tellAndSpin()

    await eventually(async () => {
      expect(await job.progress()).toBeGreaterThan(0.02)
      expect((await job.logs()).map(({ text }) => text)).toEqual(expect.arrayContaining(['begun', 'step 1', 'step 2']))
    })
    await job.cancel()
  })

  it.each([
    ['at once', 'atOnce'],
    ['over some time', 'slowly'],
    ['by a program that it starts', 'byProgram'],
  ] as const)('may be 100 MB, written %s: the newest lines are kept, and no more memory is taken', async (_, how) => {
    await using fixture = new PoolFixture()
    // Little garbage, so that what is taken is what is kept.
    await fixture.pool({ workers: 2, execArgv: [...SOURCES, '--max-old-space-size=48', '--max-semi-space-size=1'] })
    const { t } = fixture.queue
    const job = t.printMuch(how, MUCH_BYTES)
    const neighbour = t.printNumbers(200)
    const takenKilobytes = await job.result()
    await neighbour.result()

    const lines = await job.logs()

    expect(lines).toHaveLength(1000)
    expect([lines[0]?.number, lines.at(-1)?.number]).toEqual([MUCH_BYTES / 1000 - 999, MUCH_BYTES / 1000])
    expect(lines.every(({ text }) => /^x{999}$/.test(text))).toBe(true)
    expect((await neighbour.logs()).map(({ text }) => text)).toEqual(
      Array.from({ length: 200 }, (__, n) => `line ${n}`),
    )
    expect(takenKilobytes).toBeLessThan(MUCH_BYTES / 1000)
  })
})

const MUCH_BYTES = 100_000_000
