import { randomUUID } from 'node:crypto'
import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../src/app/eventually.ts'
import { VirtualClock } from '../../src/app/virtual-clock.ts'

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const oldTasks = new TaskSpace('app', { known: () => 'old' })
const newTasks = new TaskSpace('app', { known: () => 'new', added: () => 'added' })

describe('a pool of an older version of the program', () => {
  it('leaves jobs of tasks it does not have to the pools that have them', async () => {
    const clock = new VirtualClock()
    const url = `memory:upgrade-${randomUUID()}`
    const brokerOn = (spaces: object) =>
      new Broker(createTaskQueue(url, { namespace: 'test', clock }), { clock, logger }).expose(spaces)
    await using older = brokerOn(oldTasks)
    await using newer = brokerOn(newTasks)
    await new AsyncPool(older).start()
    await new AsyncPool(newer).start()

    const jobs = Array.from({ length: 5 }, () => newer.queue<typeof newTasks>().app.added())
    const results = Promise.all(jobs.map((job) => job.result()))
    let ended = false
    const watched = results.finally(() => {
      ended = true
    })
    await eventually(async () => {
      await clock.advance(500)
      return ended
    })

    expect(await watched).toEqual(['added', 'added', 'added', 'added', 'added'])
    for (const { id } of jobs) expect((await newer.jobs.get(id)).attempt).toBe(1)
  })

  it('leaves them to a pool that was given the tasks after its start', async () => {
    const clock = new VirtualClock()
    const url = `memory:upgrade-${randomUUID()}`
    const brokerOn = (spaces: object) =>
      new Broker(createTaskQueue(url, { namespace: 'test', clock }), { clock, logger }).expose(spaces)
    await using older = brokerOn(oldTasks)
    await using newer = brokerOn(new TaskSpace('other', { nothing: () => undefined }))
    await new AsyncPool(older).start()
    await new AsyncPool(newer).start()

    newer.expose(newTasks)
    const jobs = Array.from({ length: 5 }, () => older.queue<typeof newTasks>().app.added())
    const results = Promise.all(jobs.map((job) => job.result()))
    await eventually(async () => {
      await clock.advance(500)
      return jobs.every((job) => job.hasValue())
    })

    expect(await results).toEqual(['added', 'added', 'added', 'added', 'added'])
  })

  it('fails them if no pool has them', async () => {
    const clock = new VirtualClock()
    await using broker = new Broker(createTaskQueue(`memory:upgrade-${randomUUID()}`, { namespace: 'test', clock }), {
      clock,
      logger,
    }).expose(oldTasks)
    await new AsyncPool(broker).start()

    await expect(broker.queue().app.added().result()).rejects.toMatchObject({ kind: 'no-such-task' })
  })
})
