import { drain, testBroker } from '@taskspace/testing'
import { expect, it, vi } from 'vitest'
import { orders, payments } from './orders.ts'

it('gives a payment up that the bank refuses', async () => {
  await using broker = testBroker({ spaces: orders })
  vi.spyOn(payments, 'charge').mockRejectedValueOnce(new Error('refused'))
  const receipt = broker.queue<typeof orders>().orders.pay.with({ retries: 0, tags: ['bank'] })('o-1', 30)

  const [ran] = await drain(broker)

  expect(ran).toMatchObject({ outcome: 'failed', failure: { text: 'Error: refused' } })
  await expect(receipt.result()).rejects.toMatchObject({ code: 'TASK_FAILED', kind: 'exception' })
  expect(await broker.jobs.get(receipt.id)).toMatchObject({ state: 'failed', attempt: 1, tags: ['bank'] })
})
