import { AsyncPool, getBroker, systemClock, TaskSpace } from '@taskspace/core'
import { expect, it, onTestFinished } from 'vitest'
import { createTaskQueue } from '../src/create-task-queue.ts'
import { scratchStore } from './scratch-store.ts'

const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: number[]) => values.reduce((a, b) => a + b, 0),
})

it.each(['postgres', 'pglite'])('a broker opened by a %s URL stores, runs and hands on jobs', async (scheme) => {
  const url = scheme === 'postgres' ? `${scratchStore().url}&migrate=true` : 'pglite://memory/by-url'
  const broker = await getBroker(url)
  onTestFinished(() => broker.close())
  broker.expose(math)
  const q = broker.queue<typeof math>()
  const pool = new AsyncPool(broker)
  await pool.start()

  const sum = q.math.add(['1', '2', '3'].map((text) => q.math.num(text)))

  await expect(sum.result({ timeout: '30s' })).resolves.toBe(6)
  await pool.stop()
})

it('takes no clock but that of the server', () => {
  const create = () => createTaskQueue('postgres://localhost', { namespace: 'n', clock: systemClock })

  expect(create).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'clock' }))
})
