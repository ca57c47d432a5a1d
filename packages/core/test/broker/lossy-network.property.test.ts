import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AsyncPool } from '../../src/async-pool.ts'
import { BackendUnavailable, type TaskQueue } from '../../src/backend.ts'
import { loadBackend } from '../../src/backend-loader.ts'
import { Broker } from '../../src/broker.ts'
import type { Deferred, JobRef } from '../../src/queue/deferred.ts'
import { TaskSpace } from '../../src/tasks/task-space.ts'
import { KeptLog, settled } from '../client/broker-on-fake.ts'
import { ManualClock } from '../client/manual-clock.ts'

type Fate = 'arrives' | 'request is lost' | 'reply is lost'

/** Operations that go over the network; the rest of a queue are its properties. */
const OPERATIONS: ReadonlySet<PropertyKey> = new Set([
  'open',
  'begin',
  'renew',
  'resume',
  'listen',
  'enqueue',
  'claim',
  'settle',
  'append',
  'control',
  'read',
  'sweep',
  'now',
])

/** A queue behind a network that treats one call after the other as `fates` say, and all of them well when none are left. */
function behindNetwork(queue: TaskQueue, fates: Fate[]): TaskQueue {
  const send = async (operation: string, deliver: () => Promise<unknown>): Promise<unknown> => {
    const fate = fates.shift()
    const lost = new BackendUnavailable(`${operation}: the ${fate}`, 'unknown')
    if (fate === 'request is lost') throw lost
    const answer = await deliver()
    if (fate === 'reply is lost') throw lost
    return answer
  }
  return new Proxy(queue, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target)
      if (typeof found !== 'function') return found
      const deliver = (...args: unknown[]): Promise<unknown> => found.apply(target, args)
      if (!OPERATIONS.has(name)) return deliver
      return (...args: unknown[]) => send(String(name), () => deliver(...args))
    },
  })
}

async function networked() {
  const fates: Fate[] = []
  const clock = new ManualClock()
  const backend = await loadBackend('memory', 'memory:')
  const store = backend.createTaskQueue(`memory:${randomUUID()}`, { namespace: 'n', clock })
  const queue = behindNetwork(store, fates)
  const broker = new Broker(queue, { clock, logger: new KeptLog(), enqueueTimeout: '10m' })
  const runs = new Map<number, number>()
  broker.expose(
    new TaskSpace('math', {
      num: (value: number) => {
        runs.set(value, (runs.get(value) ?? 0) + 1)
        return value
      },
      add: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
    }),
  )
  return { clock, broker, runs, fates }
}

/** Let time pass until the promise settles; fails if an hour is not enough. */
async function inTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let isSettled = false
  const note = (): void => {
    isSettled = true
  }
  promise.then(note, note)
  await settled()
  for (let seconds = 0; !isSettled && seconds < 3_600; seconds += 1) await clock.advance(1_000)
  expect(isSettled).toBe(true)
  return promise
}

it('gives every result, runs every job and doubles none, whatever is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Fate>('arrives', 'arrives', 'request is lost', 'reply is lost'), { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      async (losses, count) => {
        const { clock, broker, runs, fates } = await networked()
        await new AsyncPool(broker, { concurrency: 3 }).start()
        fates.push(...losses)
        const q = broker.queue()

        const nums: Deferred<number>[] = Array.from({ length: count }, (_, i) => q.math.num(i))
        const half: Deferred<number> = q.math.add(nums.slice(0, count / 2))
        const results = Promise.all([q.math.add([half, ...nums]).result(), ...nums.map((d) => d.result())])
        const [total, ...values] = await inTime(clock, results)

        const sum = (upTo: number): number => (upTo * (upTo - 1)) / 2
        expect(total).toBe(sum(count) + sum(Math.floor(count / 2)))
        expect(values).toEqual(nums.map((_, i) => i))
        expect([...runs.keys()].sort((a, b) => a - b)).toEqual(nums.map((_, i) => i))
        const counts = await inTime(clock, broker.queues.get().counts())
        expect(counts).toMatchObject({ success: count + 2, enqueued: 0, processing: 0, failed: 0 })
        await inTime(clock, broker.close())
      },
    ),
    { numRuns: 100 },
  )
}, 120_000)

it('cancels once, whatever is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Fate>('arrives', 'request is lost', 'reply is lost'), { maxLength: 30 }),
      async (losses) => {
        const { clock, broker, fates } = await networked()
        fates.push(...losses)
        const refs: JobRef[] = Array.from({ length: 5 }, (_, i) => broker.queue().math.num(i))

        const canceled = await inTime(
          clock,
          Promise.all(refs.map(async (ref) => ref.enqueued().then(() => ref.cancel('no')))),
        )

        expect(canceled).toEqual(refs.map(() => true))
        await inTime(clock, broker.close())
      },
    ),
    { numRuns: 100 },
  )
}, 120_000)
