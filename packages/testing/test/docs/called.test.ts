import { testBroker } from '@taskspace/testing'
import { expect, it } from 'vitest'
import { orders } from './orders.ts'

it('enqueues a payment for tomorrow', async () => {
  await using broker = testBroker({ spaces: orders })

  const receipt = await broker.queue<typeof orders>().orders.pay.with({ delay: '1d' })('o-1', 30).enqueued()

  const job = await broker.jobs.get(receipt.id)
  expect(job).toMatchObject({ name: 'orders.pay', queue: 'default', state: 'scheduled' })
})
