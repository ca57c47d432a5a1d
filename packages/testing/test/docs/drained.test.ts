import { drain, testBroker } from '@taskspace/testing'
import { expect, it } from 'vitest'
import { orders } from './orders.ts'

it('checks an order out', async () => {
  await using broker = testBroker({ spaces: orders })
  const queue = broker.queue<typeof orders>()
  const receipt = queue.orders.checkOut('o-1', [10, 20])

  const ran = await drain(broker)

  expect(ran.map(({ name }) => name)).toEqual(['orders.checkOut', 'orders.price', 'orders.pay'])
  expect(await receipt.result()).toBe('receipt o-1 30')
})
