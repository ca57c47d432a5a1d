import { existsSync, readdirSync } from 'node:fs'
import { eventually } from '@taskspace/testing'
import { describe, expect, it } from 'vitest'
import { childrenOf } from '../../../tools/child-processes.ts'
import type { tasks } from './modules/tasks.ts'
import { isAlive, PoolFixture } from './pool-fixture.ts'
import { SOURCES } from './sources.ts'

const TIMEOUT_MS = 60_000

describe('the workers of a pool', { timeout: TIMEOUT_MS }, () => {
  it('are more while jobs wait, and fewer while they have nothing to do [RW-42, RW-43]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ minWorkers: 1, maxWorkers: 3, idleTimeout: 0 })
    const { t } = fixture.queue

    const pids = new Set(await Promise.all([1, 2, 3].map(() => t.wait(3_000).result())))

    expect(pids.size).toBe(3)
    await eventually(() => [...pids].filter(isAlive).length === 1, { timeout: 20_000 })
  })

  it('are replaced after so many jobs [WQ-64, RW-45]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ maxJobsPerWorker: 2 })
    const { t } = fixture.queue
    const pids: number[] = []
    for (let count = 0; count < 5; count += 1) pids.push((await t.about().result()).pid)

    expect(pids[1]).toBe(pids[0])
    expect(pids[3]).toBe(pids[2])
    expect(new Set(pids).size).toBe(3)
    await eventually(() => !isAlive(pids[0] as number))
  })

  it('are replaced when they take too much memory, after the job [RW-46]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ maxMemory: 400e6 })
    const { t } = fixture.queue
    const before = (await t.about().result()).pid

    const grown = await t.grow(450e6).result()
    const after = (await t.about().result()).pid

    expect(grown).toBe(before)
    expect(after).not.toBe(before)
  })

  it('may be many jobs’ at once, which share a process', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ concurrency: 3 })
    const { t } = fixture.queue

    const pids = await Promise.all([t.wait(300).result(), t.wait(300).result(), t.wait(300).result()])

    expect(new Set(pids).size).toBe(1)
  })

  it('keep their jobs, although they compute for longer than a lease [WQ-65]', async () => {
    await using fixture = new PoolFixture()
    await Promise.all([fixture.pool({ lease: '1s' }), fixture.pool({ lease: '1s' })])

    expect(await fixture.queue.t.compute(3_000).result()).toBe(1)
  })

  it('take jobs as they get free, and hoard none [WQ-69]', async () => {
    await using fixture = new PoolFixture()
    const pool = await fixture.pool()
    const { t } = fixture.queue
    const long = t.wait(1_000)
    await eventually(async () => (await long.status()) === 'processing')
    const next = await t.add(1, 2).enqueued()

    expect(pool.stats()).toMatchObject({ running: 1, ready: 0, held: 1 })
    expect(await next.status()).toBe('enqueued')
    expect(await next.result()).toBe(3)
  })

  it('run as the options say', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ env: { MODE: 'test' }, cwd: '/', nice: 3 })

    const about = await fixture.queue.t.about().result()

    expect(about).toMatchObject({ mode: 'test', cwd: '/', nice: 3, argv: expect.arrayContaining(SOURCES) })
  })

  it('serve the queues of one pool, under its name, as its options say [RQ-90]', async () => {
    await using fixture = new PoolFixture()
    const options = { queues: ['one', 'other'], workers: 2, concurrency: 1, name: 'mine', resume: true, sandbox: true }
    const pool = await fixture.pool(options)
    const on = (queue: string) => fixture.broker.queue<typeof tasks>(queue).t

    const abouts = await Promise.all(['one', 'other', 'one'].map((queue) => on(queue).about().result()))
    const elsewhere = await on('third').about().enqueued()

    expect([pool.name, (await pool.workers()).length]).toEqual(['mine', 2])
    expect(abouts.every(({ cwd }) => cwd.includes('taskspace-sandbox-'))).toBe(true)
    expect(await elsewhere.status()).toBe('enqueued')
  })

  it('have a folder of their own, which is empty before and after each job [RQ-95]', async () => {
    await using fixture = new PoolFixture()
    const pool = await fixture.pool({ sandbox: true })
    const { t } = fixture.queue

    const [first, second] = [await t.leave('a').result(), await t.leave('b').result()]
    await eventually(() => readdirSync(first.cwd).length === 0)
    await t.exitOnce.with({ maxCrashes: 1 })(fixture.file(), 1).wait()
    const third = await t.leave('c').result()
    await pool.stop()

    expect([first, second, third].map(({ found }) => found)).toEqual([[], [], []])
    expect(second.cwd).toBe(first.cwd)
    expect([first, third].map(({ cwd }) => existsSync(cwd))).toEqual([false, false])
  })

  it('take no jobs after SIGUSR2, and take them again after SIGCONT [RQ-97]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const { pid } = await t.about().result()

    process.kill(pid, 'SIGUSR2')
    await eventually(() => fixture.log.some((line) => line.includes('is paused')))
    const job = t.add(1, 2)
    const early = await job.wait(200)
    process.kill(pid, 'SIGCONT')

    expect(early).toBe(false)
    expect(await job.result()).toBe(3)
  })

  it('end after SIGQUIT as soon as they have done what they have, and are replaced [RW-48, RQ-96]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const job = t.wait(1_000)
    await eventually(async () => (await job.status()) === 'processing')
    const [pid = 0] = childrenOf(process.pid)

    for (let count = 0; count < 1_000; count += 1) process.kill(pid, 'SIGQUIT')
    const finished = await job.result()
    const next = (await t.about().result()).pid

    expect(finished).toBe(pid)
    expect(next).not.toBe(pid)
    expect(await fixture.broker.jobs.get(job.id)).toMatchObject({ attempt: 1, crashes: 0 })
    await eventually(() => !isAlive(pid))
  })

  it('go on after thousands of signals', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const { pid } = await t.about().result()

    for (let count = 0; count < 2_000; count += 1)
      for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGINT'] as const) process.kill(pid, signal)

    await eventually(async () => (await t.about().result()).pid === pid, { timeout: 20_000 })
  })

  it('let jobs talk to processes of their own while others run', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ workers: 2, concurrency: 2 })
    const { t } = fixture.queue

    const chats = Array.from({ length: 3 }, () => t.chat(2_000))
    const sums = Array.from({ length: 1_000 }, (_, n) => t.add(n, 1))

    expect(await Promise.all(sums.map((job) => job.result()))).toEqual(sums.map((_, n) => n + 1))
    expect(await Promise.all(chats.map((job) => job.result()))).toEqual([2_000, 2_000, 2_000])
  })

  it('can be debugged, each at a port of its own', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ workers: 2, inspect: true })
    const { t } = fixture.queue

    expect(await t.debuggerUrl().result()).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\//)
    await eventually(() => new Set(fixture.log.join(' ').match(/ws:\/\/127\.0\.0\.1:\d+/g)).size === 2, {
      timeout: 20_000,
    })
  })

  it('take and give values of any size as they are', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const large = t.large(20_000_000)

    expect(await t.size(large).result()).toBe(20_000_000)
    expect(await t.echo('€\ud83d\udc4d\u2028'.repeat(100_000)).result()).toHaveLength(400_000)
    await expect(t.large(100_000_000).result()).rejects.toMatchObject({ kind: 'invalid-output' })
  })

  it('enqueue on a queue in the memory of their owner, and wait for what comes of it', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()

    expect(await fixture.queue.t.callThree().result()).toEqual([1, 2, 3])
  })
})
