import { isTaskFailure, type JobRef, type TaskFailure } from '@taskspace/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ThreadWorld } from './thread-world.ts'

let world: ThreadWorld

beforeEach(() => {
  world = new ThreadWorld()
})

afterEach(() => world.close())

/** How a job failed. */
const failureOf = async (job: { result(): Promise<unknown> }): Promise<TaskFailure> => {
  const problem = await job.result().then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (!isTaskFailure(problem)) throw problem
  return problem
}

const once = { maxCrashes: 1 } as const
const crashesOf = async (job: JobRef) => (await world.broker.jobs.get(job.id)).crashes

describe('a job that brings its thread down', () => {
  it.each([0, 3])('by process.exit(%i) crashes with that code [WQ-66, RW-50]', async (code) => {
    await world.started()

    const failure = await failureOf(world.queue.rough.exit.with(once)(code))

    expect(failure).toMatchObject({ kind: 'lost', group: 'crash:exit-code', details: { reason: 'exit-code', code } })
  })

  it('by filling its heap crashes as such', async () => {
    await world.started({ resourceLimits: { maxOldGenerationSizeMb: 32 } })

    const failure = await failureOf(world.queue.rough.fillHeap.with(once)())

    expect(failure).toMatchObject({ kind: 'lost', details: { reason: 'out-of-memory' } })
  })

  it.each([
    ['rejectAndWait', 'unhandled-rejection', 'nobody awaits this'],
    ['throwLater', 'uncaught-exception', 'nobody catches this'],
  ] as const)('by %s crashes with the reason %s', async (task, reason, text) => {
    await world.started()

    const failure = await failureOf(world.queue.rough[task].with(once)(world.gate().path))

    expect(failure).toMatchObject({ kind: 'lost', details: { reason }, text: expect.stringContaining(text) })
  })

  it('runs again, until its crashes are used up [C-04]', async () => {
    await world.started()
    const { queue } = world

    const forgiven = queue.rough.exitOnce(1)
    const failure = await failureOf(queue.rough.exit.with({ maxCrashes: 2 })(1))

    expect(await forgiven.result()).toBe(2)
    expect(await crashesOf(forgiven)).toBe(1)
    expect(await crashesOf({ id: failure.id } as JobRef)).toBe(2)
  })

  it('harms no neighbour, and its thread is replaced [WQ-66]', async () => {
    await world.started({ workers: 2 })
    const { queue } = world
    const gate = world.gate()
    const neighbour = queue.rough.hold(gate.path)
    await gate.reached()

    await failureOf(queue.rough.exit.with(once)(1))
    const replaced = await queue.rough.whoAmI().result()
    gate.open()

    expect(await neighbour.result()).not.toBe(replaced)
    expect(await crashesOf(neighbour)).toBe(0)
  })

  it('does not crash jobs that were sent to its thread ahead of their turn', async () => {
    await world.started()
    const { queue } = world
    await Promise.all(Array.from({ length: 2_000 }, (_, n) => queue.rough.add(n, n).result()))

    const before = Array.from({ length: 200 }, (_, n) => queue.rough.add(n, 1))
    const crashed = failureOf(queue.rough.exit.with(once)(1))
    const after = Array.from({ length: 200 }, (_, n) => queue.rough.add(n, 2))

    await crashed
    const sums = await Promise.all([...before, ...after].map((job) => job.result()))
    const crashes = await Promise.all([...before, ...after].map(crashesOf))
    expect(sums).toEqual([1, 2].flatMap((add) => Array.from({ length: 200 }, (_, n) => n + add)))
    expect(new Set(crashes)).toEqual(new Set([0]))
  })

  it('is not blamed for what an earlier job left behind', async () => {
    await world.started()
    const { queue } = world
    const [late, now] = [world.gate(), world.gate()]
    const first = await queue.rough.rejectAfterwards(late.path).result()
    const job = queue.rough.hold(now.path)
    await now.reached()

    late.open()
    await world.eventually(() => world.log.some((line) => line.includes('too late')))
    now.open()

    expect(await job.result()).toBe(first)
    expect(await crashesOf(job)).toBe(0)
    await world.eventually(async () => (await queue.rough.whoAmI().result()) !== first)
  })
})

describe('what a job has written', () => {
  it('is in its log though it has ended its thread', async () => {
    await world.started()
    const job = world.queue.rough.printAndExit.with(once)('last words')
    await job.wait()

    expect((await job.logs()).map(({ text }) => text)).toEqual(['last words', 'unfinished'])
  })

  it('is in its log while it computes without end, and its progress is told', async () => {
    await world.started()
    const job = world.queue.rough.tellAndSpin()

    await world.eventually(async () => {
      expect(await job.progress()).toBeGreaterThan(0.02)
      expect((await job.logs()).map(({ text }) => text)).toEqual(expect.arrayContaining(['begun', 'step 1', 'step 2']))
    })
    await job.cancel()
  })
})

describe('a job that spins', () => {
  const spinning = async (job: JobRef, gate: { reached(): Promise<void> }): Promise<JobRef> => {
    await gate.reached()
    expect(await job.status()).toBe('processing')
    return job
  }

  it('is ended when it is canceled, and its slot is used again [C-22]', async () => {
    const pool = await world.started()
    const gate = world.gate()
    const job = world.queue.rough.spin(gate.path)
    await spinning(job, gate)

    await job.cancel('enough')

    expect(await world.queue.rough.add(1, 2).result()).toBe(3)
    expect(await failureOf(job)).toMatchObject({ kind: 'canceled' })
    await world.eventually(() => pool.stats().orphaned === 0)
  })

  it('is ended when its time is over, and has failed so [RW-58]', async () => {
    const pool = await world.started()
    const job = world.queue.rough.spinBriefly(world.gate().path)

    expect(await failureOf(job)).toMatchObject({ kind: 'timeout', text: 'timeout: ran longer than 300 ms' })
    expect(await world.queue.rough.add(1, 2).result()).toBe(3)
    await world.eventually(() => pool.stats().orphaned === 0)
  })

  it('is ended when its lease is lost, and runs again elsewhere', async () => {
    await world.started()
    const gate = world.gate()
    const job = world.queue.rough.spin.with(once)(gate.path)
    await spinning(job, gate)

    await world.broker.jobs.expireLease(job.id)
    await gate.reached(2)
    await job.cancel()

    expect(await failureOf(job)).toMatchObject({ kind: 'canceled' })
    expect(await world.queue.rough.add(1, 2).result()).toBe(3)
  })

  it('is ended when its pool stops, and given back without spending an attempt [WQ-58]', async () => {
    const pool = await world.started({ drainTimeout: 0 })
    const gate = world.gate()
    const job = world.queue.rough.spin(gate.path)
    await spinning(job, gate)

    await pool.stop()

    expect(await world.broker.jobs.get(job.id)).toMatchObject({ state: 'enqueued', attempt: 0, crashes: 0 })
  })

  it('keeps no neighbour from anything', async () => {
    await world.started({ workers: 2 })
    const gate = world.gate()
    await spinning(world.queue.rough.spin(gate.path), gate)

    const sums = await Promise.all(Array.from({ length: 500 }, (_, n) => world.queue.rough.add(n, n).result()))

    expect(sums.at(-1)).toBe(998)
  })
})

describe('a job that misuses its thread', () => {
  it.each([['text'], [{ _WORKER_READY: true }], [[1, 2]], [undefined]])(
    'by messages to its parent such as %j does no harm',
    async (message) => {
      await world.started()

      const thread = await world.queue.rough.useParentPort(message).result()

      expect(await world.queue.rough.whoAmI().result()).toBe(thread)
    },
  )

  it('by thousands of messages of its own mixes nothing up, though others run beside it', async () => {
    await world.started({ workers: 2, concurrency: 2 })
    const { queue } = world

    const chats = Array.from({ length: 3 }, () => queue.rough.chat(2_000))
    const sums = Array.from({ length: 1_000 }, (_, n) => queue.rough.add(n, 1))

    expect(await Promise.all(sums.map((job) => job.result()))).toEqual(sums.map((_, n) => n + 1))
    expect(await Promise.all(chats.map((job) => job.result()))).toEqual([2_000, 2_000, 2_000])
  })

  it.each([
    ['at once', 'atOnce'],
    ['over some time', 'slowly'],
  ] as const)('by 100 MB of output, written %s, takes no more memory and no other job’s lines', async (_, how) => {
    const bytes = 100_000_000
    // Who kept it all would fill the heap.
    await world.started({ workers: 2, resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 } })
    const { queue } = world
    const job = queue.rough.printMuch(how, bytes)
    const neighbour = queue.rough.printNumbers(200)
    await job.result()
    await neighbour.result()

    const lines = await job.logs()

    expect([lines.length, lines[0]?.number, lines.at(-1)?.number]).toEqual([1_000, bytes / 1000 - 999, bytes / 1000])
    expect(lines.every(({ text }) => /^x{999}$/.test(text))).toBe(true)
    expect((await neighbour.logs()).map(({ text }) => text)).toEqual(
      Array.from({ length: 200 }, (__, n) => `line ${n}`),
    )
  })

  it('by a result that is too large fails, and the thread goes on', async () => {
    await world.started()

    const failure = await failureOf(world.queue.rough.large(100 * 2 ** 20))
    const large = await world.queue.rough.large(8 * 2 ** 20).result()

    expect(failure).toMatchObject({ kind: 'invalid-output' })
    expect(large.byteLength).toBe(8 * 2 ** 20)
  })
})
