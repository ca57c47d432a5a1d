import { AsyncPool, TaskSpace } from '@taskspace/core'
import { eventually, gate, testBroker } from '@taskspace/testing'
import { expect, it } from 'vitest'

it('builds one report at a time', async () => {
  const door = gate()
  const reports = new TaskSpace('reports', { build: () => door.pass() })
  await using broker = testBroker({ spaces: reports })
  await using pool = new AsyncPool(broker, { concurrency: 1 })
  await pool.start()
  const queue = broker.queue<typeof reports>()
  const [first, second] = [queue.reports.build(), queue.reports.build()]

  await door.reached()

  expect([await first.status(), await second.status()]).toEqual(['processing', 'enqueued'])
  door.open()
  await eventually(async () => expect(await second.status()).toBe('success'))
})
