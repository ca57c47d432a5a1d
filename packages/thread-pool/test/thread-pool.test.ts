import { getPriority } from 'node:os'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SOURCES } from './sources.ts'
import { moduleOf, ThreadWorld } from './thread-world.ts'

let world: ThreadWorld

beforeEach(() => {
  world = new ThreadWorld()
})

afterEach(() => world.close())

describe('a pool of threads', () => {
  it.each([
    ['that does not exist', 'nowhere', /nowhere/],
    ['that throws', 'throwing', /broken at load/],
    ['without tasks', 'empty', /exports neither a TaskSpace nor a default function/],
    ['that ends its thread', 'exiting', /exit code 4/],
  ])('cannot be started with a module %s, and says so [RW-44]', async (_, name, text) => {
    const pool = world.pool({ module: moduleOf(name) })

    await expect(pool.start()).rejects.toMatchObject({ message: expect.stringMatching(text) })
    await pool.stop()
  })

  it('cannot be started with a module that never finishes to load [RW-44]', async () => {
    const pool = world.pool({ module: moduleOf('endless'), startTimeout: 500 })

    await expect(pool.start()).rejects.toMatchObject({ message: expect.stringContaining('0.5 s') })
  })

  it.each(['endless', 'spinning'])('is stopped at once though its module is %s', async (name) => {
    const pool = world.pool({ module: moduleOf(name), workers: 2, startTimeout: '1h' })
    const starting = pool.start()
    await world.eventually(() => liveThreads() === 2)

    await pool.stop()

    await starting
    await pool.join()
    expect(liveThreads()).toBe(0)
  })

  it.each([
    ['workers', 0],
    ['workers', -1],
    ['workers', Number.NaN],
    ['resourceLimits', 5],
    ['resourceLimits', { maxOldGenerationSize: 5 }],
    ['resourceLimits.stackSizeMb', { stackSizeMb: 0 }],
    ['env', ['A']],
    ['env', { A: 1 }],
    ['execArgv', '--conditions=x'],
    ['execArgv', ['a\0b']],
    ['nice', 20],
    ['nice', 0.5],
    ['nice', -1],
    ['module', 'tasks.js'],
    ['module', 'https://example.com/tasks.js'],
  ])('refuses %s %j', (field, value) => {
    const option = field.split('.', 1)[0] ?? ''

    expect(() => world.pool({ [option]: value })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }))
  })

  it('refuses options that do not exist', () => {
    expect(() => world.pool({ treads: 4 } as object)).toThrow(/unknown option 'treads'/)
  })

  it('has the tasks that the default function of its module makes of its args [WQ-60, PT-16]', async () => {
    await world.started({ module: moduleOf('making'), args: ['Hello', new Map([['you', 'world']])] })

    expect(await world.broker.queue().made.greet('you').result()).toEqual(['Hello, world', true])
  })

  it('gives its threads variables besides those of the process', async () => {
    process.env.TASKSPACE_OUTER = 'outer'
    await world.started({ env: { TASKSPACE_INNER: 'inner', HOME: undefined } })
    const names = ['TASKSPACE_OUTER', 'TASKSPACE_INNER', 'HOME']

    const values = await Promise.all(names.map((name) => world.queue.rough.environment(name).result()))

    expect(values).toEqual(['outer', 'inner', undefined])
    expect(process.env.TASKSPACE_INNER).toBeUndefined()
  })

  it('gives its threads the niceness that was asked for, and no other', async () => {
    const before = getPriority()
    await world.started({ nice: 3 })

    expect([await world.queue.rough.niceness().result(), getPriority()]).toEqual([before + 3, before])
  })

  it('gives its threads the options of Node that it was told', async () => {
    await world.started({ execArgv: [...SOURCES, '--no-warnings'] })

    expect(await world.queue.rough.options().result()).toEqual([...SOURCES, '--no-warnings'])
  })

  it.each([['--max-old-space-size=100'], ['--no-such-option']])(
    'cannot be started with %s, which no thread can have',
    async (option) => {
      const pool = world.pool({ execArgv: [...SOURCES, option] })

      await expect(pool.start()).rejects.toMatchObject({
        code: 'WORKER_START_FAILED',
        message: expect.stringContaining(option),
      })
    },
  )

  it('replaces a thread after its number of jobs [WQ-64, RW-45]', async () => {
    await world.started({ maxJobsPerWorker: 2 })
    const threads: number[] = []

    for (let count = 0; count < 6; count += 1) threads.push(await world.queue.rough.whoAmI().result())

    expect(new Set(threads).size).toBe(3)
  })

  it('replaces a thread that takes too much memory, between jobs [RW-46]', async () => {
    await world.started({ maxMemory: 1 })
    const first = await world.queue.rough.whoAmI().result()

    await world.eventually(async () => (await world.queue.rough.whoAmI().result()) !== first)

    expect(world.log.some((line) => line.includes('it is replaced'))).toBe(true)
  })

  it('has more threads while jobs wait, and fewer when there is nothing to do [RW-42, RW-43]', async () => {
    await world.started({ workers: undefined, minWorkers: 1, maxWorkers: 3, idleTimeout: 0 })
    const gate = world.gate()

    const jobs = Array.from({ length: 3 }, () => world.queue.rough.hold(gate.path))
    await gate.reached(3)
    gate.open()
    const threads = new Set(await Promise.all(jobs.map((job) => job.result())))

    expect(threads.size).toBe(3)
    await world.eventually(() => liveThreads() === 1)
  })

  it('runs jobs in as many threads as it was told [WQ-57]', async () => {
    await world.started({ workers: 3 })
    const gate = world.gate()

    const jobs = Array.from({ length: 4 }, () => world.queue.rough.hold(gate.path))
    await gate.reached(3)
    const threads = liveThreads()
    gate.open()
    const used = new Set(await Promise.all(jobs.map((job) => job.result())))

    expect([threads, used.size]).toEqual([3, 3])
    expect(await world.queue.rough.isMainThread().result()).toBe(false)
  })

  it('keeps jobs that compute for longer than a lease, which others could take [WQ-59]', async () => {
    await Promise.all([world.started({ lease: '1s' }), world.started({ lease: '1s' })])

    expect(await world.queue.rough.compute(2_500).result()).toBe(1)
  })

  it('does not run a job again that has failed, unless it is told to [RW-54]', async () => {
    await world.started()
    const failed = world.queue.rough.exit.with({ maxCrashes: 1 })(1)
    await failed.wait()
    await world.queue.rough.add(1, 2).result()

    expect(await world.broker.jobs.get(failed.id)).toMatchObject({ state: 'failed', attempt: 1, crashes: 1 })
  })

  it('takes its module by a path as well', async () => {
    const module = moduleOf('rough-tasks')
    const pool = world.pool({ module: module.pathname })
    await pool.start()

    expect(await world.queue.rough.add(1, 2).result()).toBe(3)
    expect(pathToFileURL(module.pathname).href).toBe(module.href)
  })

  it('tells what each thread takes, also while it computes without end [RW-06, RW-47]', async () => {
    const pool = await world.started({ workers: 2 })
    await world.eventually(async () => (await pool.workers()).every(({ state }) => state === 'ready'))
    const gate = world.gate()
    const spinning = world.queue.rough.spin(gate.path)
    await gate.reached()

    const [busy, idle] = await world.eventually(async () => {
      const workers = [...(await pool.workers())].sort((one, other) => other.running - one.running)
      expect(workers[0]?.cpuMs).toBeGreaterThan(1_000)
      return workers
    })
    await spinning.cancel()
    await pool.stop()

    expect(busy).toMatchObject({ label: expect.stringMatching(/^thread \d+$/), state: 'ready', running: 1, jobs: 1 })
    expect(idle).toMatchObject({ label: expect.stringMatching(/^thread \d+$/), state: 'ready', running: 0, jobs: 0 })
    expect(busy?.cpu).toBeGreaterThan(idle?.cpu ?? 0)
    expect(idle?.memoryBytes).toBeGreaterThan(1e6)
    expect(await pool.workers()).toEqual([])
  })

  it('leaves no thread when it has stopped, however often', async () => {
    for (let round = 0; round < 5; round += 1) {
      const pool = await world.started({ workers: 2 })
      await world.queue.rough.add(1, round).result()
      await pool.stop()
    }

    expect(liveThreads()).toBe(0)
  })
})

/** Threads that there are, whoever started them; the test itself runs in the main thread of a process. */
function liveThreads(): number {
  const { workers } = process.report.getReport() as { readonly workers: readonly object[] }
  return workers.length
}
