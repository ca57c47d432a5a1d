import { randomUUID } from 'node:crypto'
import { AsyncPool, Broker } from '@taskspace/core'
import { MemoryTaskQueue } from '@taskspace/memory'
import { eventually } from '@taskspace/testing'
import { expect, it } from 'vitest'

it('starts no pool on a broker that is being closed', async () => {
  const broker = new Broker(new MemoryTaskQueue({ namespace: randomUUID() }))
  const pool = new AsyncPool(broker)

  const closed = broker.close()
  const started = pool.start()

  await expect(started).rejects.toMatchObject({ code: 'CLOSED' })
  await closed
  expect(pool.stats()).toEqual({ running: 0, ready: 0, held: 0, orphaned: 0 })
})

it('stops a pool that is starting while its broker closes', async () => {
  const broker = new Broker(new MemoryTaskQueue({ namespace: randomUUID() }))
  const pool = new AsyncPool(broker)

  const started = pool.start().catch((error: unknown) => error)
  await broker.close()

  await started
  await pool.stop()
  expect(pool.stats().held).toBe(0)
})

it('claims no more, and says so once, when its queue is closed under it', async () => {
  const problems: string[] = []
  const note = (message: string): void => void problems.push(message)
  const logger = { debug: () => undefined, info: () => undefined, warn: note, error: note }
  const queue = new MemoryTaskQueue({ namespace: randomUUID() })
  const broker = new Broker(queue, { logger })
  const pool = new AsyncPool(broker)
  await pool.start()

  await queue.close()

  await eventually(() => problems.filter((line) => line.includes('claiming jobs')).length === 1)
  await pool.stop({ drainTimeout: 0 })
  await broker.close()
  expect(problems.filter((line) => line.includes('claiming jobs'))).toHaveLength(1)
})
