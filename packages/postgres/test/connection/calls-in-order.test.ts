import { describe, expect, inject, it } from 'vitest'
import { scratchStore } from '../scratch-store.ts'
import { scratchLink } from './scratch-link.ts'

const server = inject('postgresUrl')
const CALLS = 20

const WHO = 'SELECT pg_backend_pid() AS pid, $1::int AS number'
const DIE = 'SELECT pg_terminate_backend(pg_backend_pid()), $1::int AS number'

interface Answer {
  readonly pid: number
  readonly number: number
}

describe('calls in order', () => {
  it('travel on one connection while any is under way, and each is a transaction of its own', async () => {
    const { schema } = scratchStore()
    const link = scratchLink()
    await link.call('data', `CREATE SCHEMA ${schema}`, [])
    await link.call('data', `CREATE SEQUENCE ${schema}.turn`, [])
    const sql = `${WHO}, nextval('${schema}.turn') AS turn, pg_current_xact_id()::text AS xid`

    const numbers = Array.from({ length: CALLS }, (_, number) => number)
    const answers = await Promise.all(
      numbers.map(async (number) => {
        const [row] = await link.call<Answer & { turn: number; xid: string }>('ordered', sql, [number])
        return row
      }),
    )

    expect(answers.map((row) => row?.turn)).toEqual(numbers.map((number) => number + 1))
    expect(new Set(answers.map((row) => row?.pid)).size).toBe(1)
    expect(new Set(answers.map((row) => row?.xid)).size).toBe(CALLS)
  })

  it('are not held up by one that fails', async () => {
    const link = scratchLink()
    const divide = (by: number) => link.call('ordered', 'SELECT 10 / $1::int AS n', [by])

    const [first, second, third] = await Promise.allSettled([divide(5), divide(0), divide(2)])

    expect(first).toMatchObject({ value: [{ n: 2 }] })
    expect(second).toMatchObject({ reason: { code: 'BACKEND_REFUSED' } })
    expect(third).toMatchObject({ value: [{ n: 5 }] })
  })

  it('fail together with their connection, and go on over another', async () => {
    const link = scratchLink()

    const lost = await Promise.allSettled([link.call('ordered', DIE, [1]), link.call('ordered', WHO, [2])])

    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(link.call('ordered', WHO, [3])).resolves.toMatchObject([{ number: 3 }])
  })

  it('leave others a turn where there is but one connection', async () => {
    const link = scratchLink({ url: server, connections: 1 })

    const answers = await Promise.all([
      link.call<Answer>('ordered', WHO, [1]),
      link.call<Answer>('data', WHO, [2]),
      link.call<Answer>('ordered', WHO, [3]),
    ])

    expect(answers.flat().map(({ number }) => number)).toEqual([1, 2, 3])
  })

  it('are all told when no connection can be had', async () => {
    const link = scratchLink({ url: 'postgres://postgres@127.0.0.1:1/postgres' })

    const calls = await Promise.allSettled([link.call('ordered', WHO, [1]), link.call('ordered', WHO, [2])])

    expect(calls).toMatchObject([
      { reason: { code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' } },
      { reason: { code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' } },
    ])
  })
})
