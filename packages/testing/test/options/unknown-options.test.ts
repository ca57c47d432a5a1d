import { randomUUID } from 'node:crypto'
import { AsyncPool, type AsyncPoolOptions, type GetBrokerOptions, getBroker } from '@taskspace/core'
import { expect, it, onTestFinished } from 'vitest'

it('names every option of a pool to somebody who gives one that it does not have', async () => {
  const broker = await getBroker('memory:', { namespace: randomUUID() })
  onTestFinished(() => broker.close())

  const wrong = { concurency: 5 } as AsyncPoolOptions

  expect(() => new AsyncPool(broker, wrong)).toThrow(
    /unknown option 'concurency' in pool options; known are concurrency, queues/,
  )
})

it('names every option of getBroker to somebody who gives one that it does not have', async () => {
  const wrong = { nameSpace: 'mine' } as GetBrokerOptions

  await expect(getBroker('memory:', wrong)).rejects.toThrow(
    /unknown option 'nameSpace' in broker options; known are .*namespace/,
  )
})
