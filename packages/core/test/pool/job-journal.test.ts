import { describe, expect, it } from 'vitest'
import { JobJournal } from '../../src/pool/job-journal.ts'

const LINES = 1_000

/** A journal, and the lots of lines that it has sent; each is stored when that is called. */
function journal(isUrgent?: () => boolean) {
  const lots: { readonly lines: number; readonly skipped: number; readonly stored: () => void }[] = []
  const append: ConstructorParameters<typeof JobJournal>[0]['append'] = ({ lines = [], skipped = 0 }) =>
    new Promise((resolve) => lots.push({ lines: lines.length, skipped, stored: () => resolve(undefined) }))
  return { lots, journal: new JobJournal({ now: () => 0, append, ...(isUrgent && { isUrgent }) }) }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Log so many lines, in a turn of their own. */
async function log(to: JobJournal, lines: number): Promise<void> {
  for (let line = 0; line < lines; line += 1) to.info(`line ${line}`)
  await turn()
}

describe('a journal of a job', () => {
  it('sends the lines of each turn at once, while not too many are on their way', async () => {
    const { lots, journal: each } = journal()

    await log(each, 1)
    await log(each, 2)

    expect(lots.map(({ lines }) => lines)).toEqual([1, 2])
  })

  it('waits with more until those are stored, and keeps the newest', async () => {
    const { lots, journal: each } = journal()
    await log(each, LINES)

    for (let count = 0; count < 5; count += 1) await log(each, LINES - 1)
    const before = lots.length
    lots[0]?.stored()
    await turn()

    expect(before).toBe(1)
    expect(lots.map(({ lines, skipped }) => [lines, skipped])).toEqual([
      [LINES, 0],
      [LINES, 5 * (LINES - 1) - LINES],
    ])
  })

  it('sends all that it has when the job ends, whatever is on its way', async () => {
    const { lots, journal: each } = journal()
    await log(each, LINES)
    each.info('the last one')
    const ended = each.end()

    expect(lots.map(({ lines }) => lines)).toEqual([LINES, 1])
    for (const { stored } of lots) stored()
    await ended
    await turn()
    expect(lots).toHaveLength(2)
  })

  it('sends lines at once where that is urgent, until as many are on their way as may be', async () => {
    const { lots, journal: each } = journal(() => true)
    for (let line = 0; line < LINES + 5; line += 1) each.info(`line ${line}`)
    const before = lots.length
    for (const { stored } of [...lots]) stored()
    await turn()

    expect([before, lots.reduce((sum, { lines }) => sum + lines, 0)]).toEqual([LINES, LINES + 5])
  })

  it('counts lines that came and are not kept, and those before them', async () => {
    const { lots, journal: each } = journal()
    each.info('older')
    each.skip(7)
    await log(each, 1)

    expect(lots.map(({ lines, skipped }) => [lines, skipped])).toEqual([[1, 8]])
  })
})
