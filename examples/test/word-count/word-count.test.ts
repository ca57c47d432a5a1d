import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { POOL_NAMES, type PoolName } from '../../word-count/options.ts'
import type { Progress } from '../../word-count/progress.ts'
import { unreadable } from '../../word-count/unreadable.ts'
import { countWords } from '../../word-count/word-count.ts'
import { BACKENDS } from '../backends.ts'
import { folderWith } from './files.ts'

describe.each(BACKENDS)('the word count on $name', ({ freshUrl }) => {
  const count = async (folder: string, paths = [folder], pool: PoolName = 'async') => {
    const seen: Progress[] = []
    const signal = new AbortController().signal
    const onProgress = (progress: Progress) => seen.push(progress)
    const result = await countWords({ url: freshUrl(), paths, folder, signal, onProgress, pool, workers: 2 })
    return { ...result, seen }
  }

  it('counts the words of all files, one job a file, through a tree of merges [WQ-30]', async () => {
    const names = Array.from({ length: 70 }, (_, index) => `${index % 7}/${index}.txt`)
    const folder = await folderWith(Object.fromEntries(names.map((name, index) => [name, `all all n${index % 10}\n`])))

    const { total, cost } = await count(folder)

    expect(total).toMatchObject({ files: 70, binaries: 0, words: 210, missing: 0, failures: [], failed: 0 })
    expect(total.bytes).toBe(70 * 'all all n0\n'.length)
    expect(total.counts).toEqual([['all', 140], ...Array.from({ length: 10 }, (_, index) => [`n${index}`, 7])])
    // 70 files are two branches of up to 64, of eight groups of eight and of one of six.
    expect(cost).toMatchObject({ jobs: 70 + 8 + 1 + 1 + 1, levels: 3 })
  })

  it.each(POOL_NAMES)('counts the same with its jobs in a pool of kind %s [WQ-04]', async (pool) => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}.txt`)
    const folder = await folderWith(Object.fromEntries(names.map((name, index) => [name, `all n${index % 2}\n`])))

    const { total } = await count(folder, [folder, '/dev/null'], pool)

    expect(total).toMatchObject({ files: 20, words: 40, failed: 1 })
    expect(total.counts).toEqual([
      ['all', 20],
      ['n0', 10],
      ['n1', 10],
    ])
    expect(total.failures).toEqual([{ source: '/dev/null', reason: 'not a regular file' }])
  })

  it('counts the rest when a path cannot be read, and tells why it could not [WQ-34] [PT-14]', async () => {
    const folder = await folderWith({ 'a.txt': 'one two', 'b.txt': 'two' })
    const paths = ['a.txt', 'missing.txt', 'b.txt', 'a.txt/inside'].map((name) => join(folder, name))

    const { total, seen } = await count(folder, [...paths, '/dev/null'])

    expect(total.counts).toEqual([
      ['two', 2],
      ['one', 1],
    ])
    expect(total.failed).toBe(3)
    expect(total.failures).toEqual([
      { source: 'missing.txt', reason: 'no such file' },
      { source: 'a.txt/inside', reason: 'a part of the path is not a folder' },
      { source: '/dev/null', reason: 'not a regular file' },
    ])
    expect(seen.at(-1)?.states).toMatchObject({ success: 3, failed: 3 })
  })

  it('reads a file in pieces, and words where two of them meet as whole', async () => {
    const line = 'Über die Grenze der Stücke — überall\n'
    const folder = await folderWith({ 'long.txt': line.repeat(20_000) })

    const { total } = await count(folder)

    expect(total.words).toBe(6 * 20_000)
    expect(total.counts.map(([word]) => word).sort()).toEqual(
      ['der', 'die', 'grenze', 'stücke', 'überall', 'über'].sort(),
    )
    for (const [, amount] of total.counts) expect(amount).toBe(20_000)
  })

  it('passes over what is not text, and reads UTF-16', async () => {
    const folder = await folderWith({
      'image.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0),
      'wide.txt': Buffer.from('\ufeffgrüß dich', 'utf16le'),
      'text.txt': 'dich',
    })

    const { total } = await count(folder)

    expect(total).toMatchObject({ files: 2, binaries: 1, words: 3, failed: 0 })
    expect(total.counts).toEqual([
      ['dich', 2],
      ['grüß', 1],
    ])
  })

  it('counts words that are names of every object', async () => {
    const folder = await folderWith({ 'a.js': 'constructor toString constructor hasOwnProperty' })

    const { total } = await count(folder)

    expect(total.counts.map(([word]) => word)).toEqual(['constructor', 'hasownproperty', 'tostring'])
  })

  it('finds nothing in an empty folder, and in an empty file', async () => {
    const nothing = await count(await folderWith({}))
    const empty = await count(await folderWith({ 'empty.txt': '' }))

    expect(nothing.total).toMatchObject({ files: 0, words: 0, counts: [] })
    expect(nothing.cost).toMatchObject({ jobs: 1, levels: 1 })
    expect(empty.total).toMatchObject({ files: 1, words: 0, counts: [] })
  })

  it('tells how far it is, and ends with all', async () => {
    const folder = await folderWith(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, 'word'])))

    const { seen, cost } = await count(folder)

    expect(seen.length).toBeGreaterThanOrEqual(2)
    for (const { done, files } of seen) expect(done).toBeLessThanOrEqual(files)
    expect(seen.at(-1)).toMatchObject({ files: 20, done: 20, states: { success: cost.jobs } })
  })
})

describe('why a file cannot be read', () => {
  it.each([
    ['EACCES', 'permission denied'],
    ['EISDIR', 'a folder that cannot be listed'],
    ['ELOOP', 'symbolic links that lead in a circle'],
  ])('is told for %s in words, and not tried again', (code, reason) => {
    const error = Object.assign(new Error(`${code}: and so on`), { code })

    expect(unreadable(error)).toMatchObject({ name: 'TaskError', message: reason, cause: error })
  })

  it('stays what it is if nobody foresaw it', () => {
    const error = new Error('something else')

    expect(unreadable(error)).toBe(error)
  })
})
