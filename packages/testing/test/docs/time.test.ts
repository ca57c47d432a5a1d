import { AsyncPool } from '@taskspace/core'
import { testBroker, VirtualClock } from '@taskspace/testing'
import { expect, it, vi } from 'vitest'
import { orders, payments } from './orders.ts'

it('charges again a minute after the payment service was away', async () => {
  const clock = new VirtualClock()
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  await using broker = testBroker({ spaces: orders, clock, logger })
  await using pool = new AsyncPool(broker)
  const charge = vi.spyOn(payments, 'charge').mockRejectedValueOnce(new Error('away'))
  await pool.start()

  const receipt = broker.queue<typeof orders>().orders.pay('o-1', 30)
  await clock.advance('59s')
  const early = charge.mock.calls.length
  await clock.advance('1s')

  expect([early, charge.mock.calls.length]).toEqual([1, 2])
  expect(await receipt.result()).toBe('receipt o-1 30')
  expect(logger.warn).toHaveBeenCalledOnce()
})
