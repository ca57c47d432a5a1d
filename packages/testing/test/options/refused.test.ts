import { randomUUID } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { type Broker, type CancelOptions, currentJob, getBroker, TaskSpace, task } from '@taskspace/core'
import { runAsJob } from '@taskspace/testing'
import { expect, it, onTestFinished } from 'vitest'

async function opened(): Promise<Broker> {
  const broker = await getBroker('memory:', { namespace: randomUUID() })
  onTestFinished(() => broker.close())
  return broker
}

it('refuses what is no signal, and options of waits that do not exist', async () => {
  const broker = await opened()
  const d = broker.queue().math.num.with({ delay: '1h' })('1')

  await expect(d.result({ signal: 'stop' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'signal' })
  await expect(d.wait('1s', { singal: undefined })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  await expect(d.enqueued({ timeout: 5 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
})

it('keeps one listener on a signal, however many wait with it, and none in the end', async () => {
  const broker = await opened()
  const { signal } = new AbortController()
  const q = broker.queue().math.num.with({ delay: '1h' })

  const waits = Array.from({ length: 100 }, () => q('1').wait('1ms', { signal }))
  const during = getEventListeners(signal, 'abort').length
  await Promise.all(waits)

  expect(during).toBeLessThanOrEqual(1)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('refuses ids that are no list', async () => {
  const broker = await opened()

  await expect(broker.jobs.getMany('abc' as unknown as string[])).rejects.toMatchObject({ field: 'ids' })
  await expect(broker.jobs.cancel({} as unknown as string[], {} as CancelOptions)).rejects.toMatchObject({
    field: 'ids',
  })
})

it('leaves no rejection behind when a call is refused for more than its input', async () => {
  const broker = await opened()
  const never = {
    '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
  } as const
  broker.expose(new TaskSpace('checked', { up: task({ input: never }, (text: unknown) => text) }))

  // Were the input checked first, its promise would reject with nobody there to see it: that fails the test run.
  expect(() => broker.queue().checked.up.with({ id: () => '' })(1)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'id' }),
  )
  await new Promise((resolve) => setImmediate(resolve))
})

it('refuses reasons that are no text, and options of fail() that do not exist', async () => {
  await runAsJob(() => {
    const job = currentJob()
    expect(() => job.fail(5 as unknown as string)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    expect(() => job.retry('1s', {} as unknown as string)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    )
    expect(() => job.fail('no', { grp: 'x' } as object)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})
