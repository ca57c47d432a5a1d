import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AsyncPool, type Broker, getBroker, type PoolOptions, type WorkerPool } from '@taskspace/core'
import { ProcessPool } from '@taskspace/process-pool'
import { eventually } from '@taskspace/testing'
import { ThreadPool } from '@taskspace/thread-pool'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type {} from '../../tools/servers/postgres-setup.ts'
import type {} from '../../tools/servers/redis-setup.ts'
import { matrix } from '../matrix/matrix-tasks.ts'

const module = new URL('../matrix/matrix-tasks.ts', import.meta.url)
const isolated = { module, workers: 2, execArgv: ['--conditions=@taskspace/source'], grace: 100 }

/** Stores that nobody else uses: each has a namespace of its own. */
const BACKENDS = {
  memory: () => `memory:${randomUUID()}`,
  redis: () => `${inject('redisUrl')}?namespace=${randomUUID()}`,
  postgres: () => `${inject('postgresUrl')}?schema=matrix&migrate=true&namespace=${randomUUID()}`,
}

const POOLS = {
  async: (broker: Broker, options: PoolOptions) => new AsyncPool(broker, { concurrency: 2, ...options }),
  thread: (broker: Broker, options: PoolOptions) => new ThreadPool(broker, { ...isolated, ...options }),
  process: (broker: Broker, options: PoolOptions) => new ProcessPool(broker, { ...isolated, ...options }),
}

const pairs = Object.keys(BACKENDS).flatMap((backend) => Object.keys(POOLS).map((pool) => ({ backend, pool })))

let broker: Broker
let folder: string
const file = (name: string) => join(folder, name)
const queue = () => broker.queue<typeof matrix>()

async function open(backend: string): Promise<void> {
  broker = await getBroker(BACKENDS[backend as keyof typeof BACKENDS]())
  broker.expose(matrix)
}

async function start(pool: string, options: PoolOptions = {}): Promise<WorkerPool> {
  const made = POOLS[pool as keyof typeof POOLS](broker, options)
  await made.start()
  return made
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskspace-matrix-'))
})

afterEach(async () => {
  await broker.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(pairs)('jobs on $backend in a pool of kind $pool', ({ backend, pool }) => {
  beforeEach(() => open(backend))

  it('take what others give, hand on, wait for each other, and carry bytes [WQ-04]', async () => {
    await start(pool)
    const q = queue()

    const numbers = ['1', '2', '3'].map((text) => q.matrix.num(text))
    const results = [
      q.matrix.add(numbers).result(),
      q.matrix.handOn([10, 20]).result(),
      q.matrix.double(21).result(),
      q.matrix.size(Buffer.alloc(300_000)).result(),
    ]

    expect(await Promise.all(results)).toEqual([6, 30, 42, 300_000])
  })

  it('tell the same of themselves, and fail alike', async () => {
    await start(pool)
    const job = queue().matrix.tell()
    const failed = queue().matrix.fail('no')

    expect(await job.result()).toEqual({ attempt: 1, queue: 'default' })
    expect((await job.logs()).map(({ text }) => text)).toEqual(['to the output', 'to the log'])
    expect(await job.progress()).toBe(0.5)
    await expect(failed.result()).rejects.toMatchObject({ kind: 'exception', text: 'RangeError: no' })
  })

  it('go back when their pool stops, and run in another without having spent an attempt', async () => {
    const first = await start(pool, { drainTimeout: 0 })
    const job = queue().matrix.hold(file('gate'))
    await eventually(() => existsSync(file('gate.1')))

    await first.stop()
    rmSync(file('gate.1'))
    await start('async')
    await eventually(() => existsSync(file('gate.1')))
    writeFileSync(file('gate'), '')

    expect(await job.result()).toBe(1)
  })
})

describe.each(pairs.filter(({ pool }) => pool !== 'async'))(
  'jobs that harm their worker, on $backend in a pool of kind $pool',
  ({ backend, pool }) => {
    beforeEach(() => open(backend))

    it('run again, and harm no neighbour [WQ-66]', async () => {
      await start(pool)
      const q = queue()

      const job = q.matrix.exitOnce(file('crashed'))
      const sums = Array.from({ length: 100 }, (_, n) => q.matrix.add([n, 1]))

      expect(await job.result()).toBe('alive')
      expect(await Promise.all(sums.map((sum) => sum.result()))).toEqual(sums.map((_, n) => n + 1))
      expect(await broker.jobs.get(job.id)).toMatchObject({ crashes: 1 })
    })

    it('are ended when they are canceled', async () => {
      await start(pool)
      const job = queue().matrix.spin(file('spins'))
      await eventually(() => existsSync(file('spins')))

      await job.cancel('enough')

      await expect(job.result()).rejects.toMatchObject({ kind: 'canceled' })
      expect(await queue().matrix.add([1, 2]).result()).toBe(3)
    })
  },
)
