import { describe, expect, it } from 'vitest'
import { idsInTitles, parityComplaints } from '../parity.ts'
import { trackedFiles } from '../tracked-files.ts'

/** The rows of older systems that are covered by now. */
const covered = [
  ...ids('WQ', 1, 73),
  ...ids('RW', 1, 10),
  'RW-19',
  ...ids('RW', 21, 24),
  ...ids('RW', 28, 38),
  ...ids('RW', 41, 54),
  ...ids('RQ', 1, 9),
  ...['RQ-15', 'RQ-24', 'RQ-35'],
  ...ids('RQ', 17, 20),
  ...ids('RQ', 37, 45),
  ...ids('RQ', 48, 49),
  ...ids('RQ', 90, 97),
  ...['PT-10', 'PT-11', 'PT-16', 'PT-18', 'PT-34'],
  ...[
    'PT-01',
    'PT-02',
    'PT-03',
    'PT-06',
    'PT-08',
    'PT-09',
    'PT-12',
    'PT-14',
    'PT-15',
    ...ids('PT', 35, 37),
    'PT-39',
    'PT-40',
  ],
]

function ids(system: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, n) => `${system}-${String(first + n).padStart(2, '0')}`)
}

const files = trackedFiles()
const pageAt = (path: string) => files.find((file) => file.path === path)!

describe('the comparison with the older systems', () => {
  it('has every row that is covered, and for each row tests whose titles carry its id', () => {
    const titles = idsInTitles(files)

    expect(covered).toHaveLength(167)
    expect(titles.length).toBeGreaterThan(200)
    expect(parityComplaints(pageAt('docs/parity.md'), covered, titles)).toEqual([])
  })

  it('leads to guarantees that are there', () => {
    const guarantees = new Set(
      pageAt('docs/guarantees.md')
        .text.match(/^\| G\d+ /gm)
        ?.map((cell) => cell.slice(2, -1)),
    )

    const unknown = idsInTitles(files).filter(({ id }) => /^G\d/.test(id) && !guarantees.has(id))

    expect(unknown).toEqual([])
  })
})

describe('titles', () => {
  const idsOf = (text: string, path = 'packages/core/test/a.test.ts') =>
    idsInTitles([{ path, text }]).map(({ id }) => id)

  it.each([
    ['a test', "it('holds [WQ-01]', () => undefined)", ['WQ-01']],
    ['several ids', "it('holds [WQ-01] [RW-02, C-22]', () => undefined)", ['WQ-01', 'RW-02', 'C-22']],
    ['a test for each', "it.each([1])('holds [WQ-01]: %j', () => undefined)", ['WQ-01']],
    ['a template', ['it(`holds $', '{what} [G5]`, () => undefined)'].join(''), ['G5']],
    ['a group', "describe('a job [WQ-01]', () => undefined)", ['WQ-01']],
    ['a case of a kit', "export const cases = [behaviour('holds [WQ-01]', run)]", ['WQ-01']],
    ['a comment', "// it('holds [WQ-01]', () => undefined)", []],
    ['a text', "const title = 'holds [WQ-01]'", []],
    ['a test without a body', "it.todo('holds [WQ-01]')", []],
    ['an array', 'log(list[WQ-01], 1)', []],
  ])('are read: %s', (_what, text, found) => {
    expect(idsOf(text)).toEqual(found)
  })

  it('are read in tests and in the kits alone', () => {
    const text = "it('holds [WQ-01]', run)"

    expect(idsOf(text, 'packages/testing/src/kit/groups/a-cases.ts')).toEqual(['WQ-01'])
    expect(idsOf(text, 'packages/core/src/broker.ts')).toEqual([])
  })
})

describe('a page', () => {
  const path = 'docs/parity.md'
  const links = '\n[a]: ../core/a.test.ts\n[b]: ../core/b.test.ts\n'
  const titles = [
    { id: 'WQ-01', path: 'core/a.test.ts' },
    { id: 'WQ-01', path: 'core/b.test.ts' },
  ]
  const complaints = (text: string, also: readonly { id: string; path: string }[] = []) =>
    parityComplaints({ path, text: text + links }, ['WQ-01'], [...titles, ...also])

  const row = '| WQ-01 | a queue | `a \\| b` | C-10, A5. | [a], [b] |'
  const decisions = '\n| C-10 | Read. |\n| A5 | Ends. |'

  it('is right when it has all rows, shown by the tests that it names', () => {
    expect(complaints(row + decisions)).toEqual([])
  })

  it.each([
    ['it lacks a row', decisions, 'WQ-01 is not on the page'],
    ['it has a row twice', `${row}\n${row}${decisions}`, 'WQ-01 is on the page twice'],
    ['a row names no test', row.replace('[a], [b]', '') + decisions, 'WQ-01 names no test'],
    [
      'a link leads nowhere',
      row.replace('[b]', '[c]') + decisions,
      'WQ-01 is not in a title of [c], which leads nowhere',
    ],
    ['a decision is not explained', `${row}\n| C-10 | Read. |`, 'WQ-01 names A5, which is not explained'],
  ])('is wrong when %s', (_what, text, complaint) => {
    expect(complaints(text)).toContain(complaint)
  })

  it('is wrong when the title of the test that it names does not carry the id', () => {
    const other = row.replace('WQ-01', 'WQ-02')

    expect(complaints(`${row}\n${other}${decisions}`, [{ id: 'WQ-02', path: 'core/a.test.ts' }])).toEqual([
      'WQ-02 is not in a title of core/b.test.ts',
    ])
  })

  it('is wrong when a title carries an id that it does not have', () => {
    const strangers = ['RQ-99', 'C-99', 'G99'].map((id) => ({ id, path: 'core/a.test.ts' }))

    expect(complaints(row + decisions, strangers)).toEqual([
      'RQ-99 stands in a title of core/a.test.ts, and is not on the page',
      'C-99 stands in a title of core/a.test.ts, and is not explained',
    ])
  })
})
