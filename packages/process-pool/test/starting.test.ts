import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually } from '@taskspace/testing'
import { describe, expect, it } from 'vitest'
import { childrenOf } from '../../../tools/child-processes.ts'
import { processSettings } from '../src/process-options.ts'
import { ProcessSpawner } from '../src/process-spawner.ts'
import { Leftovers } from './leftovers.ts'
import { PoolFixture, TASKS } from './pool-fixture.ts'
import { SOURCES } from './sources.ts'

const TIMEOUT_MS = 60_000

/** A program that may open few files. */
const FEW_DESCRIPTORS = 'ulimit -n 64 && exec "$0" "$@"'
const STARVED = fileURLToPath(new URL('./programs/starved.ts', import.meta.url))

const bad = (name: string): URL => new URL(`./modules/bad/${name}.ts`, import.meta.url)

describe('a pool', { timeout: TIMEOUT_MS }, () => {
  it('has the tasks that the default function of its module makes of its args [WQ-60, PT-16]', async () => {
    await using fixture = new PoolFixture()
    const module = new URL('./modules/init.ts', import.meta.url)
    await fixture.pool({ module, args: ['Hello', { loud: true }] })

    expect(await fixture.broker.queue().made.greet('you').result()).toBe('HELLO, YOU!')
  })

  it.each([
    ['does not exist', 'missing', 'load-failed', 'missing.ts'],
    ['throws', 'throws', 'load-failed', 'RangeError: not today'],
    ['has no tasks', 'no-tasks', 'load-failed', 'exports neither a TaskSpace nor a default function'],
    ['ends the process', 'exits', 'exit-code', 'exit code 7'],
  ])('does not start if its module %s', async (_, name, reason, text) => {
    await using fixture = new PoolFixture()
    const pool = fixture.create({ module: bad(name) })

    await expect(pool.start()).rejects.toMatchObject({
      ...{ code: 'WORKER_START_FAILED', reason },
      message: expect.stringContaining(text),
    })
    expect(pool.stats()).toMatchObject({ running: 0, held: 0 })
  })

  it('does not start if its module has to be built first', async () => {
    await using fixture = new PoolFixture()
    const file = `${fixture.file()}.ts`
    writeFileSync(file, 'export enum Kind {\n  One,\n}\n')

    await expect(fixture.create({ module: file }).start()).rejects.toMatchObject({
      message: expect.stringContaining('build it to JavaScript'),
    })
  })

  it('does not start if its module is not loaded in time [RW-44]', async () => {
    await using fixture = new PoolFixture()
    const pool = fixture.create({ module: bad('never'), startTimeout: '4s' })

    await expect(pool.start()).rejects.toMatchObject({ reason: 'start-timeout' })
  })

  it('goes on when its workers can be started again, after pauses, whatever befell them meanwhile', async () => {
    await using fixture = new PoolFixture()
    const file = fixture.file()
    const pool = await fixture.pool({ module: bad('sometimes'), args: [file], workers: 2 })
    const queue = fixture.broker.queue()
    const failures = () => fixture.log.filter((line) => line.includes('not at this time')).length
    writeFileSync(file, '')
    for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL')
    const job = await queue.some.pid().enqueued()
    await eventually(() => failures() >= 3, { timeout: 20_000 })

    rmSync(file)

    const pid = await job.result()
    expect(childrenOf(process.pid)).toContain(pid)
    expect(await fixture.broker.jobs.get(job.id)).toMatchObject({ crashes: 0 })
    await eventually(async () => (await pool.workers()).length === 2, { timeout: 20_000 })
  })

  it('leaves nothing behind of a process that the system refuses', async () => {
    await using fixture = new PoolFixture()
    using left = new Leftovers()
    // More than the system takes for one variable.
    const pool = fixture.create({ sandbox: true, env: { LARGE: 'x'.repeat(4_000_000) } })

    await expect(pool.start()).rejects.toMatchObject({ reason: 'spawn-failed' })

    await eventually(() => left.none())
  })

  it('leaves nothing behind of a process that is there, but cannot be what it should', async () => {
    using left = new Leftovers()
    const settings = processSettings({ module: TASKS, execArgv: SOURCES, sandbox: true })
    // Refused to whoever may do anything, too.
    const spawner = new ProcessSpawner({ ...settings, nice: 2 ** 40 })

    const link = spawner.spawn({ output: () => undefined, stackWanted: () => undefined })

    expect(await link.exited).toMatchObject({ kind: 'spawn-failed', detail: expect.stringContaining('out of range') })
    await eventually(() => left.none())
  })

  it('does not start, nor end its program, when there are too few descriptors for a process', async () => {
    // For nothing at all, and for some of its pipes.
    const counts = ['0', '5']
    const program = [process.execPath, ...SOURCES, STARVED, ...counts]
    const { stdout } = await promisify(execFile)('sh', ['-c', FEW_DESCRIPTORS, ...program], {
      env: { ...process.env, FORCE_COLOR: '0' },
    })

    expect(stdout.trim().split('\n')).toEqual([...counts.map(() => 'spawn-failed'), 'started'])
  })

  it.each([
    ['never ends to load', 'never'],
    ['computes for ever', 'endless'],
  ])('is stopped at once though its module %s', async (_, name) => {
    await using fixture = new PoolFixture()
    const pool = fixture.create({ module: bad(name), workers: 2, startTimeout: '1h' })
    const starting = pool.start()
    await eventually(() => childrenOf(process.pid).length === 2)

    await pool.stop()

    await starting
    await pool.join()
    expect(childrenOf(process.pid)).toEqual([])
  })

  it.each([
    [{ workers: 0 }, 'workers'],
    [{ workers: -1 }, 'workers'],
    [{ workers: Number.NaN }, 'workers'],
    [{ workers: 1.5 }, 'workers'],
    [{ workers: Number.POSITIVE_INFINITY }, 'workers'],
    [{ minWorkers: 3, maxWorkers: 2 }, 'minWorkers'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ maxJobsPerWorker: 0 }, 'maxJobsPerWorker'],
    [{ maxMemory: 0 }, 'maxMemory'],
    [{ startTimeout: 'soon' }, 'startTimeout'],
    [{ module: './tasks.ts' }, 'module'],
    [{ module: undefined }, 'module'],
    [{ module: 'https://example.org/tasks.js' }, 'module'],
    [{ args: 'none' }, 'args'],
    [{ nice: 20 }, 'nice'],
    [{ cwd: '/does/not/exist' }, 'cwd'],
    [{ env: { A: 1 } }, 'env'],
    [{ env: { A: 'a\0b' } }, 'env'],
    [{ env: { 'A\0B': 'a' } }, 'env'],
    [{ execArgv: '--inspect' }, 'execArgv'],
    [{ threads: 2 }, 'threads'],
  ])('refuses %j', async (options, field) => {
    await using fixture = new PoolFixture()

    expect(() => fixture.create({ module: TASKS, ...options } as object)).toThrow(expect.objectContaining({ field }))
  })
})
