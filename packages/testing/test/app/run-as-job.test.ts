import { currentJob } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { runAsJob } from '../../src/app/run-as-job.ts'
import { testBroker } from '../../src/app/test-broker.ts'

describe('runAsJob', () => {
  it('gives what the function gives', async () => {
    expect(await runAsJob(() => 5)).toBe(5)
    expect(await runAsJob(async () => 6)).toBe(6)
  })

  it('throws what the function throws', async () => {
    const error = new Error('mine')

    await expect(
      runAsJob(() => {
        throw error
      }),
    ).rejects.toBe(error)
  })

  it('makes the function find the job it is said to be', async () => {
    const options = { id: 'i', name: 'shop.pay', queueName: 'q', attempt: 3, token: 9, tags: ['t'], meta: { a: [1] } }

    const found = await runAsJob(async () => {
      await new Promise(setImmediate)
      const { id, name, queueName, attempt, token, tags, meta } = currentJob()
      return { id, name, queueName, attempt, token, tags, meta }
    }, options)

    expect(found).toEqual(options)
  })

  it('tells of progress and output', async () => {
    const seen: unknown[] = []

    await runAsJob(
      async () => {
        currentJob().progress(0.5)
        await currentJob().saveOutput({ when: new Date(5) })
      },
      { onProgress: (fraction) => seen.push(fraction), onOutput: (value) => seen.push(value) },
    )

    expect(seen).toEqual([0.5, { when: new Date(5) }])
  })

  it('aborts the signal of the job with the one given', async () => {
    const controller = new AbortController()
    const running = runAsJob(
      () =>
        new Promise((_, reject) => {
          currentJob().signal.addEventListener('abort', () => reject(currentJob().signal.reason))
        }),
      { signal: controller.signal },
    )

    controller.abort('enough')

    await expect(running).rejects.toMatchObject({ code: 'JOB_CANCELED', message: 'canceled: enough' })
  })

  it('gives back the error of retry() and fail()', async () => {
    await expect(
      runAsJob(() => {
        throw currentJob().retry('5s', 'not yet')
      }),
    ).rejects.toThrow('not yet')
  })

  it('enqueues calls of the job at the broker given', async () => {
    await using broker = testBroker()

    const id = await runAsJob(async () => (await currentJob().queue().mail.send('x').enqueued()).id, { broker })

    expect((await broker.jobs.get(id)).name).toBe('mail.send')
  })

  it('says what is missing if there is none', async () => {
    await expect(runAsJob(() => currentJob().queue())).rejects.toThrow('give runAsJob a broker')
  })
})
