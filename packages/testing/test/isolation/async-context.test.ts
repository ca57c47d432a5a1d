import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { AsyncPool, currentJob, getBroker, TaskSpace } from '@taskspace/core'
import { expect, it, onTestFinished } from 'vitest'

const request = new AsyncLocalStorage<string>()

const space = new TaskSpace('context', {
  seen: () => request.getStore(),
  seenLater: async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return request.getStore()
  },
  id: async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return currentJob().id
  },
})

async function running() {
  const broker = await getBroker('memory:', { namespace: randomUUID() })
  onTestFinished(() => broker.close())
  broker.expose(space)
  const pool = new AsyncPool(broker)
  await request.run('pool', () => pool.start())
  return broker.queue<typeof space>()
}

it.each(['seen', 'seenLater'] as const)('runs a task outside of the context of whoever called it: %s', async (task) => {
  const q = await running()

  const seen = await request.run('caller', () => q.context[task]().result())

  expect(seen).toBeUndefined()
})

it('keeps the contexts of jobs apart that run at once', async () => {
  const q = await running()

  const jobs = Array.from({ length: 20 }, () => q.context.id())

  expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(jobs.map((job) => job.id))
})

it('leaves no job behind in the context of the caller', async () => {
  const q = await running()

  await q.context.seen().result()

  expect(() => currentJob()).toThrow(expect.objectContaining({ code: 'NOT_IN_JOB' }))
})
