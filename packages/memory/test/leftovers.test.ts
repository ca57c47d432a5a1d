import { randomUUID } from 'node:crypto'
import { type Clock, RECORD_COUNT, RECORD_TTL_MS, systemClock, type Timer } from '@taskspace/core/backend'
import { KitContext, KitSession, success } from '@taskspace/testing/kit'
import { expect, it } from 'vitest'
import { MemoryTaskQueue } from '../src/index.ts'
import { Store } from '../src/store.ts'
import { memoryTarget } from './memory-target.ts'

/** A clock that knows its timers. */
class CountingClock implements Clock {
  pending = 0

  now(): number {
    return systemClock.now()
  }

  setTimer(fire: () => void, delayMs: number): Timer {
    this.pending += 1
    let isOver = false
    const over = (): void => {
      if (!isOver) this.pending -= 1
      isOver = true
    }
    const timer = systemClock.setTimer(() => {
      over()
      fire()
    }, delayMs)
    return {
      cancel: () => {
        over()
        timer.cancel()
      },
    }
  }
}

it('leaves no timer behind when it is closed while claims wait', async () => {
  const clock = new CountingClock()
  const queue = new MemoryTaskQueue({ namespace: randomUUID(), clock })
  await queue.open()
  const session = await new KitSession(queue, { leaseMs: 20_000 }).begin()
  const claims = [1, 2, 3].map((lane) => session.claim({ lane, waitMs: 60_000 }))
  const waiting = clock.pending

  await queue.close()

  expect(await Promise.all(claims)).toEqual(claims.map(() => ({ jobs: [], values: [] })))
  expect([waiting, clock.pending]).toEqual([3, 0])
})

it('sets no timer but for claims that wait', async () => {
  const clock = new CountingClock()
  const queue = new MemoryTaskQueue({ namespace: randomUUID(), clock })
  await queue.open()
  const session = await new KitSession(queue, { leaseMs: 20_000 }).begin()
  await session.put({ id: 'a', generated: false, task: 't', queue: 'default', input: '[]', delayMs: 1_000 })

  await session.claim()

  expect(clock.pending).toBe(0)
  await queue.close()
})

it('keeps nothing of jobs, queues and sessions once their retention is over [G23]', async () => {
  const kit = await KitContext.open(memoryTarget)
  const session = await kit.session()
  await session.put(...Array.from({ length: 20 }, (_, index) => ({ ...sample(`j${index}`), queue: `q${index % 4}` })))
  const held = await session.take(20, { queues: ['q0', 'q1', 'q2', 'q3'] })
  await session.settle(...held.map((each) => success(each)))
  await session.end()

  await kit.queue.shiftClock(RECORD_TTL_MS + 3_600_000 + 60_000)
  await kit.sweepAll()
  await kit.sweepAll()

  const store = storeOf(kit)
  expect(store.jobs.size).toBe(0)
  expect(store.queues.size).toBe(0)
  expect(store.sessions.size).toBe(0)
  expect(store.expiring.size).toBe(0)
  expect([store.due.size, store.expendable.size, store.strayValues.size, store.endedCount]).toEqual([0, 0, 0, 0])
  await kit.close()
})

it('keeps the newest records only, of jobs that keep no result', async () => {
  const kit = await KitContext.open(memoryTarget)
  const session = await kit.session()
  const batches = Math.ceil((RECORD_COUNT + 1_000) / 200)
  for (let batch = 0; batch < batches; batch += 1) {
    await session.put(
      ...Array.from({ length: 200 }, (_, index) => ({ ...sample(`${batch}/${index}`), resultTtlMs: 0 })),
    )
    const held = await session.take(200)
    await session.settle(...held.map((each) => success(each)))
  }

  const store = storeOf(kit)
  expect(store.jobs.size).toBe(RECORD_COUNT)
  expect(await kit.state('0/0')).toBeUndefined()
  expect(await kit.state(`${batches - 1}/199`)).toBe('success')
  await kit.close()
})

it('keeps nothing of a job that is forgotten before the life of its result is over', async () => {
  const kit = await KitContext.open(memoryTarget)
  const session = await kit.session()
  await session.put(sample('removed'), sample('replaced'), sample('kept'), { ...sample('ignored'), ignoreResult: true })
  const held = await session.take(4)
  await session.settle(...held.map((each) => success(each)))

  await session.control({ kind: 'remove', id: 'removed' })
  await session.put({ ...sample('replaced'), onDuplicate: 'replace' })

  const store = storeOf(kit)
  expect([...store.jobs.ids()].sort()).toEqual(['kept', 'replaced'])
  expect(store.expiring.jobCount).toBe(1)
  await kit.close()
})

function sample(id: string) {
  return { id, generated: false, task: 't', queue: 'default', input: '[]' }
}

function storeOf(kit: KitContext): Store {
  const stores = (globalThis as Record<symbol, unknown>)[Symbol.for('taskspace/memory/1')]
  const shared = (stores as Map<string, { store: Store }>).get(JSON.stringify(['memory:', kit.queue.namespace]))
  if (shared?.store instanceof Store) return shared.store
  throw new Error('the store of this case is not there')
}
