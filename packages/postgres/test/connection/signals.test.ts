import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { startFaultProxy } from '../../../../tools/servers/fault-proxy.ts'
import { asOwner } from '../scratch-store.ts'
import { Diary, scratchLink } from './scratch-link.ts'

const server = inject('postgresUrl')
const LONG_MS = 30_000

describe.each([{ listen: true }, { listen: false }])('with %j', (options) => {
  it('a session hears by itself when to look', async () => {
    const diary = new Diary()
    const link = scratchLink(options)

    const subscription = await link.subscribe('s', diary)
    await diary.until('poll')
    await subscription.close()

    expect(diary.entries).toContain('poll')
  })

  it('a wait ends when a poll finds jobs, and goes on when it finds none', async () => {
    const link = scratchLink(options)
    const asked: string[][] = []
    // Whoever begins to listen looks once more; here that is over before the waits begin.
    const diary = new Diary()
    await link.subscribe('s', diary)
    await diary.until('poll')
    link.useReady(async (queues) => {
      asked.push([...queues].sort())
      return asked.length < 3 ? [] : ['b']
    })
    const other = new AbortController()

    const waiting = link.hint({ queues: ['a'], mark: link.mark(), waitMs: LONG_MS, signal: other.signal })
    await link.hint({ queues: ['b', 'c'], mark: link.mark(), waitMs: LONG_MS })
    other.abort()
    await waiting

    expect(asked.at(-1)).toEqual(['a', 'b', 'c'])
  })

  it('a wait ends in time, by its signal, and with the link', async () => {
    const link = scratchLink(options)
    link.useReady(async () => [])

    await link.hint({ queues: ['a'], mark: 0, waitMs: 20 })
    await link.hint({ queues: ['a'], mark: 0, waitMs: LONG_MS, signal: AbortSignal.abort() })
    const waiting = link.hint({ queues: ['a'], mark: link.mark(), waitMs: LONG_MS })
    await link.close()

    await expect(waiting).resolves.toBeUndefined()
  })
})

describe('with LISTEN', () => {
  it('a session hears what another process tells it, and everybody what is told to all', async () => {
    const [here, there] = [scratchLink({ namespace: 'news' }), scratchLink({ namespace: 'news' })]
    const [mine, theirs] = [new Diary(), new Diary()]
    await here.subscribe('mine', mine)
    await there.subscribe('theirs', theirs)

    here.notify([{ session: 'theirs', text: 'for "you" — ünïcode' }])
    await theirs.until('for "you" — ünïcode')
    there.notify([{ session: '*', text: 'for all' }])
    await Promise.all([mine.until('for all'), theirs.until('for all')])

    expect(mine.entries).not.toContain('for "you" — ünïcode')
  })

  it('a session that is told something too long is told to look', async () => {
    const link = scratchLink()
    const diary = new Diary()
    await link.subscribe('s', diary)
    diary.entries.length = 0

    link.notify([{ session: 's', text: 'x'.repeat(8_000) }])

    await diary.until('restored')
  })

  it('a wait ends at once when another process tells of jobs, also if that came before the wait', async () => {
    const [here, there] = [scratchLink({ namespace: 'jobs' }), scratchLink({ namespace: 'jobs' })]
    here.useReady(async () => [])
    await here.subscribe('s', new Diary())
    const mark = here.mark()

    const waiting = here.hint({ queues: ['a'], mark, waitMs: LONG_MS })
    there.notify([{ queue: 'a' }])
    await waiting

    await here.hint({ queues: ['a'], mark, waitMs: LONG_MS })
    await expect(here.hint({ queues: ['b'], mark, waitMs: 50 })).resolves.toBeUndefined()
  })

  it('other namespaces hear nothing', async () => {
    const [here, there] = [scratchLink(), scratchLink()]
    const diary = new Diary()
    await here.subscribe('s', diary)

    there.notify([{ session: 's', text: 'not for you' }])
    here.notify([{ session: 's', text: 'for you' }])
    await diary.until('for you')

    expect(diary.entries).not.toContain('not for you')
  })

  it('a broken connection is noticed and made anew, and whoever waits is told to look', async () => {
    const name = `listening ${Math.random()}`
    const link = scratchLink({ connection: { connectionString: server, application_name: name } })
    const diary = new Diary()
    await link.subscribe('s', diary)
    await diary.until('restored')
    diary.entries.length = 0

    await asOwner(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${name}'`)
    await diary.until('restored')

    link.notify([{ session: 's', text: 'again' }])
    await diary.until('again')
  })

  it('a connection that says nothing any more, and stays open, is noticed and made anew', async () => {
    const proxy = await startFaultProxy(Number(new URL(server).port))
    onTestFinished(() => proxy.close())
    const url = new URL(server)
    url.port = String(proxy.port)
    const link = scratchLink({ url: url.href })
    const diary = new Diary()
    await link.subscribe('s', diary)
    await diary.until('restored')
    diary.entries.length = 0

    proxy.freeze()
    proxy.thaw({ late: false })
    await diary.until('restored')

    link.notify([{ session: 's', text: 'again' }])
    await diary.until('again')
  })
})
