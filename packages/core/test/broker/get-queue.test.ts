import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { BackendOptions } from '../../src/backend.ts'
import { VersionMismatch } from '../../src/errors/backend-errors.ts'
import { getBroker } from '../../src/get-broker.ts'
import { getQueue } from '../../src/get-queue.ts'
import type { JobRef } from '../../src/queue/deferred.ts'
import { task } from '../../src/tasks/task.ts'
import { TaskSpace } from '../../src/tasks/task-space.ts'
import { KeptLog, rejection } from '../client/broker-on-fake.ts'
import { FakeQueue } from '../client/fake-queue.ts'

interface Made {
  readonly url: string
  readonly options: BackendOptions
  readonly store: FakeQueue
}

const backend = vi.hoisted(() => ({ made: [] as Made[], away: false }))

vi.mock('../../src/backend-loader.ts', () => ({
  loadBackend: async () => ({
    createTaskQueue: (url: string, options: BackendOptions) => {
      const store = new FakeQueue(url)
      if (backend.away) store.away = 'rejected'
      backend.made.push({ url, options, store })
      return store
    },
  }),
}))

beforeEach(() => {
  backend.made.length = 0
  backend.away = false
})

function made(): Made {
  expect(backend.made).toHaveLength(1)
  return backend.made[0] as Made
}

const math = new TaskSpace('math', {
  add: (a: number, b: number) => a + b,
  slow: task({ priority: -1 }, (x: number) => x),
})

describe('getBroker', () => {
  it('opens the store of the URL', async () => {
    await using broker = await getBroker('redis://host/1')

    expect(made()).toMatchObject({ url: 'redis://host/1', options: { namespace: 'taskspace' } })
    expect(made().store.count('open')).toBe(1)
    expect(broker.url).toBe('redis://host/1')
  })

  it('takes the namespace from the URL, or rather from the options', async () => {
    await using _one = await getBroker('redis://host?namespace=shop')
    expect(made().options.namespace).toBe('shop')
    backend.made.length = 0

    await using _two = await getBroker('redis://host?namespace=shop', { namespace: 'mail' })

    expect(made()).toMatchObject({ url: 'redis://host', options: { namespace: 'mail' } })
  })

  it('takes a clock for the memory backend alone', async () => {
    const clock = { now: () => 5, setTimer: () => ({ cancel: () => undefined }) }

    await using _broker = await getBroker('memory:', { clock })
    expect(made().options.clock).toBe(clock)

    expect(await rejection(getBroker('redis://host', { clock }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'clock',
    })
  })

  it.each([
    [{ namespace: '' }, 'namespace'],
    [{ namespace: 7 }, 'namespace'],
    [{ nmespace: 'a' }, 'nmespace'],
    [{ enqueueTimeout: 'x' }, 'enqueueTimeout'],
    [null, 'options'],
  ])('refuses the options %j before anything is made', async (options, field) => {
    expect(await rejection(getBroker('redis://host', options as object))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      field,
    })
    expect(backend.made).toEqual([])
  })

  it('gives a broker also while the store is away, and says so', async () => {
    const logger = new KeptLog()
    backend.away = true

    await using broker = await getBroker('redis://host', { logger })

    expect(logger.lines).toEqual(['redis://host is away; it is tried again when it is needed'])
    made().store.away = undefined
    await broker.ping()
  })
})

it('does not give a broker on a store that it cannot read, and leaves nothing open', async () => {
  vi.spyOn(FakeQueue.prototype, 'open').mockRejectedValueOnce(new VersionMismatch('too new'))

  expect(await rejection(getBroker('redis://host'))).toMatchObject({ code: 'VERSION_MISMATCH' })

  expect(made().store.closed).toBe(true)
})

describe('getQueue', () => {
  it('makes calls to the queue of that name [WQ-02]', async () => {
    await using q = await getQueue<typeof math>('redis://host', 'mail')

    await q.math.add(1, 2).enqueued()

    expect(made().store.enqueued.flat()).toMatchObject([{ task: 'math.add', queue: 'mail', input: '[1,2]' }])
  })

  it('keeps the options of the broker and of its calls apart', async () => {
    await using q = await getQueue<typeof math>('redis://host', {
      name: 'mail',
      namespace: 'shop',
      defaults: { timeout: '3s' },
    })

    const d: JobRef = q.math.add(1, 2)
    await d.enqueued()

    expect(made().options.namespace).toBe('shop')
    expect(made().store.enqueued.flat()).toMatchObject([{ queue: 'mail', run: { timeoutMs: 3_000 } }])
  })

  it('exposes the spaces it is given, so that their options hold', async () => {
    await using q = await getQueue('redis://host', { spaces: [math] })

    await q.math.slow(1).enqueued()

    expect(made().store.enqueued.flat()).toMatchObject([{ task: 'math.slow', queue: 'default', priority: -1 }])
  })

  it('closes its broker when it is disposed of', async () => {
    const q = await getQueue<typeof math>('redis://host')
    const d: JobRef = q.math.add(1, 2)

    await q[Symbol.asyncDispose]()

    expect(made().store.jobs.has(d.id)).toBe(true)
    expect(made().store.closed).toBe(true)
    expect(() => q.math.add(1, 2)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })

  it.each([
    [{ defaults: { timeout: 'x' } }, 'timeout'],
    [{ defaults: { onError: 'pass' } }, 'onError'],
    [{ timeout: '3s' }, 'timeout'],
    [{ name: '' }, 'queue'],
    [{ spaces: [7] }, 'tasks'],
    [null, 'options'],
    [7, 'options'],
  ])('refuses %j, and leaves nothing open', async (options, field) => {
    expect(await rejection(getQueue('redis://host', options as object))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      field,
    })
    for (const { store } of backend.made) expect(store.closed).toBe(true)
  })
})
