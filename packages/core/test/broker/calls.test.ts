import { expect, it } from 'vitest'
import { Broker } from '../../src/broker.ts'
import type { Deferred } from '../../src/queue/deferred.ts'
import { FakeQueue } from '../client/fake-queue.ts'

it('sends the calls of one tick together', async () => {
  const store = new FakeQueue()
  const broker = new Broker(store)
  const q = broker.queue()

  const made: Deferred<unknown>[] = Array.from({ length: 1000 }, (_, i) => q.math.num(String(i)))
  await Promise.all(made.map((d) => d.enqueued()))

  expect(store.enqueued.map((jobs) => jobs.length)).toEqual([256, 256, 256, 232])
  await broker.close()
})

it('gives the result', async () => {
  const store = new FakeQueue()
  await using broker = new Broker(store)
  const d: Deferred<number> = broker.queue().math.add(1, 2)
  const result = d.result()
  await d.enqueued()
  store.succeed(d.id, '3')
  expect(await result).toBe(3)
})
