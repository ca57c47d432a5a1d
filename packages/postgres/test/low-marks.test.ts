import pg from 'pg'
import { expect, inject, it, onTestFinished } from 'vitest'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'
import { asOwner, scratchStore } from './scratch-store.ts'

const connectionString = inject('postgresUrl')
const COUNT = 750
const BATCH = 250

interface Line {
  readonly schema: string
  readonly queue: PostgresTaskQueue
  /** Store jobs, and claim as many. */
  pass(): Promise<void>
  claim(slots: number): Promise<readonly string[]>
  /** Two sweeps: the first looks ahead, the second raises the mark to there. */
  sweep(): Promise<void>
  mark(): Promise<number>
  /** Settle what was claimed last. */
  settle(ids: readonly string[]): Promise<void>
  /** Places of the marks of the session and of the counts, and the keys that rows of those had last. */
  passed(): Promise<Passed>
}

interface Passed {
  readonly held: number
  readonly tally: number
  readonly lastHeld: number
  readonly lastTally: number
}

const PASSED = `SELECT (SELECT place FROM held_mark) AS held, (SELECT key FROM tally_mark) AS tally,
  (SELECT last_value FROM position) AS "lastHeld", (SELECT last_value FROM tally_key_seq) AS "lastTally"`

async function line(): Promise<Line> {
  const { url, schema } = scratchStore()
  const queue = new PostgresTaskQueue({ url, namespace: 'marks', migrate: true })
  await queue.open()
  onTestFinished(() => queue.close())
  await queue.begin({ id: 's', leaseMs: Number.POSITIVE_INFINITY })
  const numbers = new Map<number, number>()
  const call = (lane: number) => {
    const number = (numbers.get(lane) ?? 0) + 1
    numbers.set(lane, number)
    return { session: 's', epoch: 0, lane, number }
  }
  let made = 0
  const claim = async (slots: number) => {
    const reply = await queue.claim(call(1), { slots, ahead: 0, bytes: 1_000_000, queues: ['default'] }, 0)
    return reply.jobs.map(({ id }) => id)
  }
  return {
    schema,
    queue,
    claim,
    pass: async () => {
      for (let from = 0; from < COUNT; from += BATCH) {
        const jobs = Array.from({ length: BATCH }, () => ({
          id: `j${made++}`,
          task: 't',
          queue: 'default',
          input: '[]',
          generated: false,
        }))
        await queue.enqueue(call(0), jobs)
        expect(await claim(BATCH)).toEqual(jobs.map(({ id }) => id))
      }
    },
    sweep: async () => {
      for (let sweep = 0; sweep < 2; sweep += 1) {
        await queue.shiftClock(2_000)
        await queue.sweep()
      }
    },
    mark: async () => {
      const rows = await asOwner<{ position: string }>(connectionString, `SELECT position FROM ${schema}.low_mark`)
      return Number(rows[0]?.position)
    },
    settle: async (ids) => {
      const records = await queue.read(ids)
      const settlements = records.map((record, at) => ({
        kind: 'success' as const,
        id: ids[at] ?? '',
        token: (record?.state === 'processing' ? record.token : undefined) ?? 0,
        value: '1',
      }))
      const { answers } = await queue.settle(call(1), settlements)
      expect(new Set(answers)).toEqual(new Set(['ok']))
    },
    passed: async () => {
      const rows = await asOwner<Record<keyof Passed, string | null>>(
        connectionString,
        `SET search_path = ${schema}; ${PASSED}`,
      )
      const { held, tally, lastHeld, lastTally } = rows[0] ?? {}
      return { held: Number(held), tally: Number(tally), lastHeld: Number(lastHeld), lastTally: Number(lastTally) }
    },
  }
}

/** A transaction of somebody else, left open. */
async function openTransaction(schema: string): Promise<pg.Client> {
  const writer = new pg.Client({ connectionString })
  await writer.connect()
  onTestFinished(() => writer.end())
  await writer.query(`SET search_path = ${schema}; BEGIN`)
  return writer
}

it('claims begin behind what was taken, and find what comes later, goes back or has a higher priority', async () => {
  const { queue, pass, claim, sweep, mark } = await line()
  await pass()
  await sweep()

  expect(await mark()).toBeGreaterThan(COUNT - 1)
  const later = { task: 't', queue: 'default', input: '[]', generated: false }
  const call = { session: 's', epoch: 0, lane: 2 }
  await queue.enqueue({ ...call, number: 1 }, [
    { ...later, id: 'later' },
    { ...later, id: 'urgent', priority: 5 },
    { ...later, id: 'some day', priority: -5 },
  ])
  expect(await claim(2)).toEqual(['urgent', 'later'])
  const [record] = await queue.read(['later'])
  const token = record?.state === 'processing' ? record.token : undefined
  await queue.settle({ ...call, number: 2 }, [{ kind: 'return', id: 'later', token: token ?? 0 }])
  expect(await claim(2)).toEqual(['later', 'some day'])
})

it('no mark rises over a job whose transaction is still open', async () => {
  const { schema, pass, claim, sweep, mark } = await line()
  await pass()
  const writer = await openTransaction(schema)
  await writer.query(`WITH j AS (
    INSERT INTO job (key, created_at, ns, id, task, queue, input, state)
    SELECT nextval('position'), 0, key, 'late', 't', 'default', '[]', 2 FROM namespace RETURNING key, ns, queue
  ) INSERT INTO ready (position, job, ns, rank, size, queue) SELECT key, key, ns, -1, 2, queue FROM j`)
  await pass()
  await sweep()
  await sweep()

  expect(await mark()).toBeLessThan(COUNT + 1)
  await writer.query('COMMIT')
  await sweep()
  expect(await claim(5)).toEqual(['late'])
  await sweep()
  expect(await mark()).toBeGreaterThan(2 * COUNT)
})

it('marks go with their queue', async () => {
  const { schema, queue, pass, sweep } = await line()
  await pass()
  await queue.end('s')
  await sweep()
  const rows = () => asOwner(connectionString, `SELECT * FROM ${schema}.low_mark`)
  expect(await rows()).toHaveLength(1)

  const call = { session: 'other', epoch: 0, lane: 0 }
  await queue.begin({ id: 'other', leaseMs: Number.POSITIVE_INFINITY })
  await queue.control({ ...call, number: 1 }, [{ kind: 'drain', queue: 'default' }])
  for (let sweeps = 0; sweeps < 10; sweeps += 1) await sweep()
  await queue.shiftClock(8 * 24 * 60 * 60_000)
  for (let sweeps = 0; sweeps < 10; sweeps += 1) await sweep()

  expect(await rows()).toEqual([])
})

it('a session and counts are looked for behind what is gone', async () => {
  const { queue, pass, claim, settle, sweep, passed } = await line()
  const call = { session: 's', epoch: 0, lane: 3 }
  const later = { task: 't', queue: 'default', input: '[]', generated: false }
  await queue.enqueue({ ...call, number: 1 }, [{ ...later, id: 'first' }])
  expect(await claim(1)).toEqual(['first'])
  // Calls enough for the mark of the counts, which rises in steps.
  for (let number = 2; number <= 600; number += 1)
    await queue.enqueue({ ...call, number }, [{ ...later, id: `n${number}` }])
  const ids = await claim(599)
  await pass()
  await sweep()

  expect((await queue.renew('s')).held).toBe(600 + COUNT)
  const held = await passed()
  // It stops at the oldest claim.
  expect(held.held).toBeLessThan(held.lastHeld - COUNT - 599)
  expect(held.tally).toBeGreaterThan(held.lastTally - 100)

  await settle(['first', ...ids])
  await sweep()
  await sweep()

  const after = await passed()
  expect(after.held).toBeGreaterThan(held.lastHeld - 2 * COUNT)
  expect((await queue.renew('s')).held).toBe(COUNT)
  expect((await queue.counts('default')).get('default')).toMatchObject({ enqueued: 0, processing: COUNT, success: 600 })
})

it('a queue of which nothing is counted for long does not hold the mark of the counts back', async () => {
  const { queue, pass, sweep, passed, schema } = await line()
  const call = { session: 's', epoch: 0, lane: 3 }
  await queue.enqueue({ ...call, number: 1 }, [{ task: 't', queue: 'idle', input: '[]', id: 'x', generated: false }])
  await pass()
  await asOwner(connectionString, `SELECT setval('${schema}.tally_key_seq', 10000)`)
  await pass()
  await sweep()
  await sweep()

  expect((await passed()).tally).toBeGreaterThan(10_000)
  expect((await queue.counts()).get('idle')).toMatchObject({ enqueued: 1 })
})

it('no mark rises over a claim or a count whose transaction is still open', async () => {
  const { schema, queue, pass, sweep, passed } = await line()
  await pass()
  const writer = await openTransaction(schema)
  await writer.query(`INSERT INTO held (session, job, token, claimed_at, number, lane, ord, ahead)
    SELECT key, -1, 1, 0, 0, 0, 0, false FROM session`)
  await writer.query(`INSERT INTO tally (ns, queue, success) SELECT key, 'default', 7 FROM namespace`)
  const before = await passed()
  await asOwner(connectionString, `SELECT setval('${schema}.tally_key_seq', 10000)`)
  await pass()
  await sweep()
  await sweep()

  const during = await passed()
  expect(during.held).toBeLessThan(before.lastHeld)
  expect(during.tally).toBeLessThan(before.lastTally)
  await writer.query('COMMIT')
  await sweep()
  await sweep()
  expect((await passed()).tally).toBeGreaterThan(10_000)
  expect((await queue.renew('s')).held).toBe(2 * COUNT + 1)
  expect((await queue.counts('default')).get('default')).toMatchObject({ processing: 2 * COUNT, success: 7 })
})
