import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { type PgBouncer, startPgBouncer } from '../../../../tools/servers/pgbouncer.ts'
import { asOwner, scratchDatabase } from '../scratch-store.ts'
import { Diary, scratchLink } from './scratch-link.ts'

const server = inject('postgresUrl')
const LONG_MS = 30_000

let bouncer: PgBouncer

beforeAll(async () => {
  bouncer = await startPgBouncer({ serverPort: Number(new URL(server).port), poolSize: 3 })
  return () => bouncer.stop()
})

describe('through PgBouncer in transaction mode', () => {
  it('many calls at once share few connections', async () => {
    const link = scratchLink({ url: bouncer.url(), connections: 20 })
    const numbers = Array.from({ length: 200 }, (_, index) => index)

    const answers = await Promise.all(numbers.map((n) => link.call<{ n: number }>('data', 'SELECT $1::int AS n', [n])))

    expect(answers.map(([row]) => row?.n)).toEqual(numbers)
  })

  it('calls are read committed under a serializable default, which is left as it was', async () => {
    const { name } = await scratchDatabase()
    await asOwner(server, `ALTER DATABASE ${name} SET default_transaction_isolation = serializable`)
    const link = scratchLink({ url: bouncer.url(name) })

    const isolation = await link.call('data', "SELECT current_setting('transaction_isolation') AS i", [])

    expect(isolation).toEqual([{ i: 'read committed' }])
    expect(await asOwner(bouncer.url(name), "SELECT current_setting('transaction_isolation') AS i")).toEqual([
      { i: 'serializable' },
    ])
    await link.close()
  })

  it('a wait ends by asking often, since nothing is heard', async () => {
    const here = scratchLink({ url: bouncer.url(), namespace: 'pooled' })
    const there = scratchLink({ url: server, namespace: 'pooled' })
    const diary = new Diary()
    await here.subscribe('s', diary)
    let asked = 0
    here.useReady(async () => {
      asked += 1
      return asked < 5 ? [] : ['a']
    })

    there.notify([{ queue: 'a' }, { session: 's', text: 'unheard' }])
    await here.hint({ queues: ['a'], mark: here.mark(), waitMs: LONG_MS })

    expect(asked).toBe(5)
    expect(diary.entries).toContain('poll')
    expect(diary.entries).not.toContain('unheard')
  })

  it('what is told there is heard by those who are connected directly', async () => {
    const pooled = scratchLink({ url: bouncer.url(), namespace: 'direct' })
    const direct = scratchLink({ url: server, namespace: 'direct' })
    const diary = new Diary()
    await direct.subscribe('s', diary)

    pooled.notify([{ session: 's', text: 'heard' }])

    await diary.until('heard')
  })

  it('statements that a pooler has lost are sent without a name', async () => {
    const link = scratchLink({ url: server, connections: 1 })
    onTestFinished(() => link.close())
    await link.call('data', 'SELECT 1 AS one', [])
    await link.call('data', 'DEALLOCATE ALL', [])

    await expect(link.call('data', 'SELECT 1 AS one', [])).resolves.toEqual([{ one: 1 }])
  })
})
