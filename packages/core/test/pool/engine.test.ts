import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AsyncPoolOptions } from '../../src/async-pool.ts'
import { currentJob } from '../../src/current-job.ts'
import { SessionEnded } from '../../src/errors/backend-errors.ts'
import { ManualClock } from '../client/manual-clock.ts'
import { poolOf } from './fakes/pool-of.ts'
import { recordingLogger } from './fakes/recording-logger.ts'
import { ScriptedQueue } from './fakes/scripted-queue.ts'

/** Let promises, ticks and immediates come to rest. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
}

const block = (ms: number) => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

function world(tasks: Parameters<typeof poolOf>[0]['tasks'] = { task: () => undefined }) {
  const queue = new ScriptedQueue()
  const clock = new ManualClock()
  const { logger, lines } = recordingLogger()
  const pool = async (options: AsyncPoolOptions = {}) => {
    const made = poolOf({ queue, clock, logger, tasks }, options)
    await made.start()
    return made
  }
  return { queue, clock, lines, pool }
}
/** How long things take is not measured from now on: nothing takes time but what the test lets pass, in ms. */
function standStill(): (ms: number) => void {
  let now = performance.now()
  const measured = vi.spyOn(performance, 'now').mockImplementation(() => now)
  onTestFinished(() => measured.mockRestore())
  return (ms) => {
    now += ms
  }
}

const jobs = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `job-${n}` }))

describe('a pool tells the backend', () => {
  it('who it is, what it can run and from where [RW-05] [RW-06]', async () => {
    const { queue, pool } = world()

    const made = await pool({ queues: ['a', 'b'], name: 'mine', lease: '20s' })
    await made.stop()

    expect(queue.sessions).toEqual([
      {
        ...{ id: expect.any(String), leaseMs: 20_000, owner: 'mine', queues: ['a', 'b'], tasks: { task: undefined } },
        label: expect.stringMatching(/\/mine$/),
      },
    ])
    expect(queue.ended).toEqual([queue.sessions[0]?.id])
  })

  it('what ended in one tick in one call, which claims for the free slots', async () => {
    standStill()
    const { queue, pool } = world()
    queue.put(...jobs(10))

    const made = await pool({ concurrency: 10 })
    await settle()

    expect(queue.settles.map(({ settlements, claim }) => [settlements.length, claim?.slots])).toEqual([[10, 10]])
    await made.stop()
  })

  it('what ended in one tick in two calls if it is much, so that both are under way', async () => {
    standStill()
    const { queue, pool } = world()
    let underWay = 0
    queue.beforeSettle = () => {
      underWay += 1
      return new Promise<void>(() => undefined)
    }
    queue.put(...jobs(120))

    await pool({ concurrency: 120 })
    await settle()

    expect(queue.settles.map(({ settlements }) => settlements.length)).toEqual([60, 60])
    expect(underWay).toBe(2)
  })

  it('at once what ended alone', async () => {
    const { queue, pool } = world()
    const made = await pool()

    queue.put({ id: 'alone' })
    await settle()

    expect(queue.settles).toHaveLength(1)
    await made.stop()
  })

  it('nothing twice, though many calls are under way', async () => {
    const { queue, pool } = world()
    let answer!: () => void
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    queue.beforeSettle = () => answered
    const made = await pool({ concurrency: 20 })

    for (const job of jobs(20)) {
      queue.put(job)
      await settle()
    }
    const underWay = queue.settles.length
    answer()
    await settle()

    expect(underWay).toBe(4)
    const told = queue.settles.flatMap(({ settlements }) => settlements.map(({ id }) => id))
    expect(told.sort()).toEqual(
      jobs(20)
        .map(({ id }) => id)
        .sort(),
    )
    await made.stop()
  })

  it('at most 256 settlements in a call', async () => {
    const { queue, pool } = world()
    queue.put(...jobs(600))

    const made = await pool({ concurrency: 600, ahead: false })
    await settle()

    expect(queue.settles.every(({ settlements }) => settlements.length <= 256)).toBe(true)
    expect(queue.settles.reduce((sum, { settlements }) => sum + settlements.length, 0)).toBe(600)
    await made.stop()
  })

  it('at most a megabyte in a call', async () => {
    const { queue, pool } = world({ task: () => 'x'.repeat(200_000) })
    queue.put(...jobs(10))

    const made = await pool({ concurrency: 10 })
    await settle()

    expect(queue.settles.map(({ settlements }) => settlements.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    await made.stop()
  })

  it('of the progress of one tick the last, and what comes meanwhile in the next call', async () => {
    const { queue, pool } = world({
      task: async () => {
        for (const fraction of [0.1, 0.2]) currentJob().progress(fraction)
        await new Promise(setImmediate)
        for (const fraction of [0.3, 0.4]) currentJob().progress(fraction)
        await settle()
      },
    })
    let answer!: () => void
    queue.beforeAppend = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    queue.put({ id: 'a' })

    const made = await pool()
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const early = queue.appends.map(([entry]) => entry?.progress)
    answer()
    await new Promise(setImmediate)
    answer()

    expect([early, queue.appends.map(([entry]) => entry?.progress)]).toEqual([[0.2], [0.2, 0.4]])
    await made.stop()
  })
})

describe('a pool that runs short jobs', () => {
  it('claims ahead of its slots, and runs what it has at hand', async () => {
    const { queue, pool } = world()
    queue.beforeSettle = settle
    queue.put(...jobs(200))

    const made = await pool({ concurrency: 1 })
    for (let turn = 0; turn < 100; turn += 1) await settle()

    expect(queue.settles.some(({ claim }) => (claim?.ahead ?? 0) > 0)).toBe(true)
    expect(queue.held).toEqual([])
    await made.stop()
  })

  it('does not if it is told so', async () => {
    const { queue, pool } = world()
    queue.beforeSettle = settle
    queue.put(...jobs(20))

    const made = await pool({ concurrency: 1, ahead: false })
    for (let turn = 0; turn < 40; turn += 1) await settle()

    expect(queue.settles.every(({ claim }) => claim?.ahead === 0)).toBe(true)
    expect(queue.held).toEqual([])
    await made.stop()
  })

  it('gives back what a long one keeps from starting', async () => {
    let end!: () => void
    const pass = standStill()
    const { queue, clock, pool } = world({
      task: () => pass(0.1),
      long: () =>
        new Promise<void>((resolve) => {
          end = resolve
        }),
    })
    queue.beforeSettle = () => {
      pass(5)
      return settle()
    }
    queue.put(...jobs(30), { id: 'long', task: 'long' }, ...jobs(200).map(({ id }) => ({ id: `late-${id}` })))
    const made = await pool({ concurrency: 1 })
    for (let turn = 0; turn < 100; turn += 1) await settle()
    const before = made.stats().ready

    await clock.advance(4_000)
    await settle()

    expect(before).toBeGreaterThan(0)
    expect(made.stats()).toMatchObject({ running: 1, ready: 0 })
    expect(queue.held).toEqual(['long'])
    end()
    await made.stop()
  })

  it('lets the event loop turn between jobs that compute', async () => {
    const { queue, pool } = world({ task: () => block(4) })
    queue.put(...jobs(20))
    let turns = 0
    const count = () => {
      turns += 1
      if (queue.settles.length < 5) setImmediate(count)
    }

    const made = await pool({ concurrency: 20 })
    setImmediate(count)
    for (let turn = 0; turn < 20; turn += 1) await settle()

    expect(turns).toBeGreaterThan(3)
    expect(queue.held).toEqual([])
    await made.stop()
  })
})

describe('a pool whose backend misbehaves', () => {
  it('reports it, waits a second, and goes on', async () => {
    const { queue, clock, lines, pool } = world()
    const made = await pool()
    let faults = 0
    queue.beforeSettle = async () => {
      faults += 1
      if (faults === 1) throw new TypeError('broken')
    }

    queue.put({ id: 'a' })
    await settle()
    const claimsBefore = queue.claims.length
    queue.put({ id: 'b' })
    await settle()
    const early = queue.settles.length
    await clock.advance(1_100)
    await settle()

    expect(lines).toContain("error settling jobs failed in pool 'default'")
    expect(early).toBe(1)
    expect(queue.settles.length).toBe(2)
    expect(claimsBefore).toBeGreaterThan(0)
    await made.stop()
  })

  it('forgets what it held in a session that has ended, and goes on as a new one', async () => {
    const { queue, clock, pool } = world({ task: () => undefined, hangs: () => new Promise(() => undefined) })
    queue.put({ id: 'a', task: 'hangs' })
    const made = await pool({ grace: 0 })
    await settle()
    const before = made.stats()
    const [first] = queue.sessions
    queue.renew = async () => {
      queue.renew = async () => ({ held: 0, canceled: [], lost: [] })
      throw new SessionEnded(first?.id ?? '')
    }

    await clock.advance(1_000)
    await settle()
    const after = made.stats()
    queue.put({ id: 'b' })
    await settle()

    expect(before).toMatchObject({ running: 1, held: 1 })
    expect(after).toMatchObject({ running: 0, held: 0, orphaned: 1 })
    expect(queue.sessions).toHaveLength(2)
    expect(queue.settles.flatMap(({ settlements }) => settlements.map(({ id }) => id))).toEqual(['b'])
    await made.stop()
  })

  it('tells a job to stop that was canceled, and settles it', async () => {
    const { queue, clock, pool } = world({
      task: () =>
        new Promise((_, reject) => {
          const { signal } = currentJob()
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    queue.put({ id: 'a', token: 5 })
    const made = await pool()
    await settle()

    queue.told = { canceled: [{ id: 'a', token: 5, reason: 'enough' }], lost: [] }
    await clock.advance(1_000)
    await settle()

    expect(queue.settles.flatMap(({ settlements }) => settlements)).toEqual([{ kind: 'return', id: 'a', token: 5 }])
    await made.stop()
  })
})
