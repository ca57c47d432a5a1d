import { describe, expect, it } from 'vitest'
import { report } from '../../word-count/report.ts'
import { EMPTY_TABLE } from '../../word-count/word-table.ts'

const cost = { jobs: 11, levels: 2, elapsedMs: 500 }

describe('the report', () => {
  it('lists the top words in columns, and what they took', () => {
    const total = {
      ...EMPTY_TABLE,
      files: 9,
      bytes: 12_345,
      words: 1_300,
      counts: [
        ['the', 1_200],
        ['猫', 60],
        ['a', 40],
      ] as const,
    }

    expect(report(total, cost, 2).split('\n')).toEqual([
      'Top 2 of 3 different words',
      '',
      `  1  the  1,200  ${'█'.repeat(30)}`,
      '  2  猫      60  ██',
      '',
      '9 files, 12.3 kB, 1,300 words: 11 jobs with 2 levels of merges in 0.50 s (22 jobs/s)',
    ])
  })

  it('says when there is nothing', () => {
    expect(report(EMPTY_TABLE, { jobs: 1, levels: 1, elapsedMs: 1000 }, 20).split('\n')).toEqual([
      'No words found.',
      '',
      '0 files, 0 bytes, 0 words: 1 job with 1 level of merges in 1.00 s (1 jobs/s)',
    ])
  })

  it('names what could not be counted, and counts what is too much to name', () => {
    const failures = Array.from({ length: 100 }, (_, index) => ({ source: `f${index}`, reason: 'no such file' }))

    const lines = report({ ...EMPTY_TABLE, failures, failed: 3_000 }, cost, 20).split('\n')

    expect(lines).toContain('Not counted: 3,000')
    expect(lines).toContain('  f0: no such file')
    expect(lines.at(-1)).toBe('  and 2,980 more')
  })

  it('admits what it forgot and passed over', () => {
    const text = report({ ...EMPTY_TABLE, binaries: 2, missing: 7, counts: [['a', 9]] }, cost, 20)

    expect(text).toContain('Top 1 of more than 1 different words')
    expect(text).toContain('2 files passed over: not text')
    expect(text).toContain('a count may be too low by up to 7')
  })
})
