import { connect, createServer, type Server, type Socket } from 'node:net'
import pg from 'pg'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { endPool } from '../end-pool.ts'
import { asOwner, scratchStore } from '../scratch-store.ts'
import { scratchLink } from './scratch-link.ts'

const server = inject('postgresUrl')

describe('a call', () => {
  it('answers rows as objects, whole numbers as numbers, and bytes as Buffers', async () => {
    const link = scratchLink()
    const sql = 'SELECT 9007199254740991::int8 AS big, sum(n) AS total, $2::bytea AS bytes FROM unnest($1::int8[]) AS n'

    const rows = await link.call('data', sql, [[1, 2], Buffer.from([0, 255])])

    expect(rows).toEqual([{ big: 2 ** 53 - 1, total: 3, bytes: Buffer.from([0, 255]) }])
  })

  it('refuses a number that JavaScript cannot hold', async () => {
    const link = scratchLink()

    const called = link.call('data', 'SELECT 9007199254740993::int8 AS big', [])

    await expect(called).rejects.toMatchObject({ code: 'BACKEND_REFUSED' })
  })

  it.each([true, false])('is read committed under a serializable default (connections of our own: %s)', async (own) => {
    const { schema } = scratchStore()
    const connection = { connectionString: server, options: '-c default_transaction_isolation=serializable' }
    const link = scratchLink(own ? { connection } : { pool: given(connection) })
    await asOwner(server, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.t (n int)`)

    const insert = link.call(
      'data',
      `INSERT INTO ${schema}.t VALUES ($1) RETURNING current_setting('transaction_isolation') AS i`,
      [1],
    )

    await expect(insert).resolves.toEqual([{ i: 'read committed' }])
    await expect(link.call('data', `SELECT count(*) FROM ${schema}.t`, [])).resolves.toEqual([{ count: 1 }])
  })

  it.each([true, false])('leaves a connection usable after an error (connections of our own: %s)', async (own) => {
    const connection = { connectionString: server, options: '-c default_transaction_isolation=serializable' }
    const link = scratchLink(own ? { connection, connections: 1 } : { pool: given({ ...connection, max: 1 }) })

    await expect(link.call('data', 'SELECT 1 / $1::int', [0])).rejects.toThrow('division by zero')

    await expect(link.call('data', 'SELECT 1 AS one', [])).resolves.toEqual([{ one: 1 }])
  })

  it('is tried again after a serialisation failure, at most ten times', async () => {
    const { schema } = scratchStore()
    const link = scratchLink()
    await asOwner(server, `CREATE SCHEMA ${schema}; CREATE SEQUENCE ${schema}.tries; ${failing(schema)}`)

    await expect(link.call('data', `SELECT ${schema}.fail_until($1) AS tries`, [4])).resolves.toEqual([{ tries: 4 }])
    const called = link.call('data', `SELECT ${schema}.fail_until($1)`, [1000])

    await expect(called).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    expect(await asOwner(server, `SELECT last_value::int AS n FROM ${schema}.tries`)).toEqual([{ n: 14 }])
  })

  it.each([
    ['TS001', 'SESSION_UNKNOWN'],
    ['TS002', 'SESSION_ENDED'],
    ['TS003', 'STALE_CALL'],
    ['TS004', 'VERSION_MISMATCH'],
    ['TS005', 'BATCH_TOO_LARGE'],
  ])('turns what a function raises as %s into %s', async (state, code) => {
    const link = scratchLink()
    const { schema } = scratchStore()
    await asOwner(
      server,
      `CREATE SCHEMA ${schema}; CREATE FUNCTION ${schema}.f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
       RAISE EXCEPTION USING ERRCODE = '${state}', MESSAGE = 'so it is', DETAIL = 'the session'; END $$`,
    )

    const called = link.call('data', `SELECT ${schema}.f()`, [])

    await expect(called).rejects.toMatchObject({ code })
    if (code.startsWith('SESSION')) await expect(called).rejects.toMatchObject({ session: 'the session' })
  })

  it.each([
    ['53100', 'rejected', 'the disk is full'],
    ['53200', 'rejected', 'out of memory'],
    ['53300', 'rejected', 'too many connections'],
    ['25006', 'rejected', 'read-only'],
    ['55P03', 'rejected', 'a lock is not to be had'],
    ['57014', 'rejected', 'the statement was canceled'],
    ['57P01', 'unknown', 'the server shuts down'],
    ['08006', 'unknown', 'the connection broke'],
  ])('that fails with %s is %s: %s', async (state, outcome) => {
    const link = scratchLink()
    const raise = `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${state}', MESSAGE = 'so it is'; END $$`

    const called = link.call('data', raise, [])

    await expect(called).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome })
    await expect(link.call('data', 'SELECT 1 AS one', [])).resolves.toEqual([{ one: 1 }])
  })

  it('is given up when no answer comes, with its outcome unknown, and the next one has another connection', async () => {
    const link = scratchLink({ answerTimeoutMs: 300, connections: 1 })
    await link.call('data', 'SELECT 1', [])

    const called = link.call('data', 'SELECT pg_sleep(60)', [])

    await expect(called).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
    await expect(link.call('data', 'SELECT 1 AS one', [])).resolves.toEqual([{ one: 1 }])
  })

  it('is given up when the network swallows it', async () => {
    const wire = await swallowingProxy(Number(new URL(server).port))
    const link = scratchLink({ url: server.replace(/:\d+\//, `:${wire.port}/`), answerTimeoutMs: 300 })
    await link.call('control', 'SELECT 1', [])
    wire.swallow()

    const called = link.call('control', 'SELECT 1', [])

    await expect(called).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
  })

  it('on the control connection does not wait for data', async () => {
    const link = scratchLink({ connections: 1, answerTimeoutMs: 30_000 })
    const slow = link.call('data', 'SELECT pg_sleep(60)', []).catch((error: unknown) => error)

    await expect(link.call('control', 'SELECT 1 AS one', [])).resolves.toEqual([{ one: 1 }])

    await asOwner(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'")
    await expect(slow).resolves.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
  })

  it('that finds no free connection in time was rejected', async () => {
    const pool = given({ connectionString: server, max: 1 })
    const taken = await pool.connect()
    const link = scratchLink({ pool, answerTimeoutMs: 200 })

    const called = link.call('data', 'SELECT 1', [])

    await expect(called).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    taken.release()
    await expect(link.call('data', 'SELECT 1 AS one', [])).resolves.toEqual([{ one: 1 }])
  })

  it('of many links that share a pool leaves its connections with one listener of ours', async () => {
    const pool = given({ connectionString: server, max: 1 })
    for (let count = 0; count < 5; count += 1) await scratchLink({ pool }).call('data', 'SELECT 1', [])

    const client = await pool.connect()

    expect(client.listenerCount('error')).toBe(1)
    client.release()
  })

  it('throws Closed after close, which leaves no connection', async () => {
    const application = `closing ${Math.random()}`
    const link = scratchLink({ connection: { connectionString: server, application_name: application } })
    await Promise.all([link.call('data', 'SELECT 1', []), link.call('control', 'SELECT 1', [])])

    await link.close()

    await expect(link.call('data', 'SELECT 1', [])).rejects.toMatchObject({ code: 'CLOSED' })
    const left = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = '${application}'`
    await expect.poll(async () => (await asOwner<{ n: number }>(server, left))[0]?.n, { timeout: 10_000 }).toBe(0)
  })
})

function given(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config)
  onTestFinished(() => endPool(pool))
  return pool
}

function failing(schema: string): string {
  return `CREATE FUNCTION ${schema}.fail_until(n int) RETURNS int LANGUAGE plpgsql AS $$
    DECLARE try int := nextval('${schema}.tries');
    BEGIN
      IF try < n THEN RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'once more'; END IF;
      RETURN try;
    END $$`
}

interface SwallowingProxy {
  readonly port: number
  /** From now on nothing passes, and nobody is told. */
  swallow(): void
}

async function swallowingProxy(to: number): Promise<SwallowingProxy> {
  const sockets = new Set<Socket>()
  const proxy: Server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const swallow = () => {
    for (const socket of sockets) socket.unpipe().pause()
  }
  return { port: (proxy.address() as { port: number }).port, swallow }
}
