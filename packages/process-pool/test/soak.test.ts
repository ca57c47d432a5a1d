import { describe, expect, it } from 'vitest'
import { crashSoak } from './crash-soak.ts'
import { startStopSoak } from './start-stop-soak.ts'

/** `npm run soak` in this folder does the same for minutes. */
describe('a pool of processes', { timeout: 120_000 }, () => {
  it('loses nothing and decides nothing twice while its children are killed at random', async () => {
    const report = await crashSoak(5_000)

    expect(report).toMatchObject({ wrong: [], undecided: [], left: [] })
    expect(report.kills).toBeGreaterThan(0)
  })

  it('leaves nothing behind, however often it is started and stopped', async () => {
    const { before, after } = await startStopSoak(5)

    expect(after).toEqual(before)
  })
})
