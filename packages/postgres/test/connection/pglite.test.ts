import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLink } from '../../src/connection/create-link.ts'
import { Diary } from './scratch-link.ts'

const LONG_MS = 30_000

function embeddedLink(url: string, namespace = 'taskspace') {
  const link = createLink({ url }, namespace)
  onTestFinished(() => link.close())
  return link
}

describe('an embedded store', () => {
  it('answers like a server, tells errors apart, and is shared by all of this process that name it', async () => {
    const [here, there] = [embeddedLink('pglite:'), embeddedLink('pglite://memory')]
    const [mine, theirs] = [new Diary(), new Diary()]
    await Promise.all([here.open(), there.open()])
    await here.subscribe('mine', mine)
    await there.subscribe('theirs', theirs)
    const sql = 'SELECT 9007199254740991::int8 AS big, sum(n) AS total, $2::bytea AS bytes FROM unnest($1::int8[]) AS n'

    here.notify([
      { session: 'theirs', text: 'hello' },
      { session: '*', text: 'all' },
    ])
    await Promise.all([mine.until('all'), theirs.until('all'), theirs.until('hello')])
    const mark = there.mark()
    const waiting = there.hint({ queues: ['a'], mark, waitMs: LONG_MS })
    here.notify([{ queue: 'a' }])
    await waiting

    expect(here.url).toBe('pglite://memory?schema=taskspace')
    expect(mine.entries).not.toContain('hello')
    expect(await here.call('data', sql, [[1, 2], Buffer.from([0, 255])])).toEqual([
      { big: 2 ** 53 - 1, total: 3, bytes: Buffer.from([0, 255]) },
    ])
    await expect(here.call('data', 'SELECT 1 / $1::int', [0])).rejects.toMatchObject({ code: 'BACKEND_REFUSED' })
    await here.close()
    await expect(there.call('control', 'SELECT 1 AS one', [])).resolves.toEqual([{ one: 1 }])
    await expect(here.call('data', 'SELECT 1', [])).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('in a folder keeps what was stored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'taskspace-pglite-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const first = embeddedLink(`pglite://${folder}?schema=mine`)
    await first.open()
    await first.call('data', 'CREATE TABLE mine.t AS SELECT 7 AS n', [])
    await first.close()

    const second = embeddedLink(`pglite://${folder}?schema=mine`)
    await second.open()

    expect(await second.call('data', 'SELECT n FROM mine.t', [])).toEqual([{ n: 7 }])
    expect(await second.call('data', 'SELECT count(*) FROM mine.layout', [])).toEqual([{ count: expect.any(Number) }])
  })

  it.each(['pglite:?pool=1', 'pglite://./%zz', 'pglite:?schema=pg_x', 'pglite://./x?schema='])(
    'is refused for %s',
    (url) => {
      expect(() => createLink({ url }, 'taskspace')).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^INVALID_/) }),
      )
    },
  )
})
