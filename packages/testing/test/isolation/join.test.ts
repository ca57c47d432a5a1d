import { randomUUID } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { AsyncPool, getBroker } from '@taskspace/core'
import { expect, it, onTestFinished } from 'vitest'

async function runningPool(): Promise<AsyncPool> {
  const broker = await getBroker('memory:', { namespace: randomUUID() })
  onTestFinished(() => broker.close())
  const pool = new AsyncPool(broker)
  await pool.start()
  return pool
}

it('joins a pool until it has stopped', async () => {
  const pool = await runningPool()
  const { signal } = new AbortController()

  const joined = Promise.all([pool.join(), pool.join({ signal })])
  await pool.stop()

  expect(await joined).toEqual([undefined, undefined])
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('joins no longer than its signal allows; the pool goes on', async () => {
  const pool = await runningPool()
  const controller = new AbortController()

  const joined = pool.join({ signal: controller.signal })
  controller.abort('enough')

  await expect(joined).rejects.toBe('enough')
  await expect(pool.join({ signal: controller.signal })).rejects.toBe('enough')
  expect(pool.stats().running).toBe(0)
  await pool.stop()
})
