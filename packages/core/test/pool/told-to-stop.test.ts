import { describe, expect, it } from 'vitest'
import { currentJob } from '../../src/current-job.ts'
import { LeaseLost } from '../../src/errors/job-errors.ts'
import type { StopReason } from '../../src/pool/executor.ts'
import { JobCanceled, JobTimedOut, PoolStopping } from '../../src/pool/stop-reasons.ts'
import { task } from '../../src/tasks/task.ts'
import { RecordedRun } from './fakes/recorded-run.ts'
import { failureIn, runnerOf, valueIn } from './fakes/runner.ts'

const canceled: StopReason = { kind: 'canceled', text: 'enough' }
const timeout: StopReason = { kind: 'timeout', afterMs: 50 }
const stopping: StopReason = { kind: 'stopping' }
const lost: StopReason = { kind: 'lost' }

/** Rejects with the reason when the signal aborts. */
const untilAborted = () =>
  new Promise((_, reject) => {
    const { signal } = currentJob()
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe('the signal of a job', () => {
  it.each([
    [canceled, JobCanceled, 'canceled: enough'],
    [timeout, JobTimedOut, 'timeout: ran longer than 50 ms'],
    [stopping, PoolStopping, 'the pool stops'],
    [lost, LeaseLost, 'lease of job job-1 is lost'],
  ])('aborts with a reason that says why: %o', async (reason, type, text) => {
    let signal!: AbortSignal
    const run = new RecordedRun()
    const runner = runnerOf({
      task: () => {
        signal = currentJob().signal
        return untilAborted()
      },
    })
    runner.start(run)

    runner.stop(run, reason)
    await run.settled()

    expect(signal.aborted).toBe(true)
    expect(signal.reason).toBeInstanceOf(type)
    expect(signal.reason.message).toContain(text)
  })

  it('calls its listeners inside the job', async () => {
    const run = new RecordedRun()
    const runner = runnerOf({
      task: () =>
        new Promise((resolve) => currentJob().signal.addEventListener('abort', () => resolve(currentJob().id))),
    })
    runner.start(run)

    runner.stop(run, stopping)

    expect(valueIn(await run.settled())).toBe('job-1')
  })

  it('is aborted already for who asks for it too late', async () => {
    const run = new RecordedRun()
    let goOn!: () => void
    const runner = runnerOf({
      task: async () => {
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
        return currentJob().signal.aborted
      },
    })
    runner.start(run)

    runner.stop(run, stopping)
    goOn()

    expect(valueIn(await run.settled())).toBe(true)
  })
})

describe('a job that throws once it was told to stop', () => {
  it.each([[canceled], [stopping], [lost]])('goes back as if it had not run: %o', async (reason) => {
    const run = new RecordedRun()
    const runner = runnerOf({ task: task({ retries: 3 }, untilAborted) })
    runner.start(run)

    runner.stop(run, reason)

    expect(await run.settled()).toEqual({ kind: 'return', id: 'job-1', token: 7 })
  })

  it('has failed if its time was over', async () => {
    const run = new RecordedRun()
    const runner = runnerOf({ task: task({ timeout: 50 }, untilAborted) })
    const limit = runner.start(run)

    runner.stop(run, timeout)

    const settlement = await run.settled()
    expect(limit).toBe(50)
    expect(settlement.kind).toBe('failure')
    expect(failureIn(settlement)).toMatchObject({
      ...{ kind: 'timeout', group: 'timeout', text: 'timeout: ran longer than 50 ms' },
    })
  })

  it('runs again after a timeout if it has retries', async () => {
    const run = new RecordedRun()
    const runner = runnerOf({ task: task({ timeout: 50, retries: 1, backoff: 20 }, untilAborted) })
    runner.start(run)

    runner.stop(run, timeout)

    expect(await run.settled()).toMatchObject({ kind: 'retry', delayMs: 20 })
  })
})

describe('a job that returns once it was told to stop', () => {
  const returnsLate = () => untilAborted().catch(() => 'done')

  it('has succeeded if its pool stops', async () => {
    const run = new RecordedRun()
    const runner = runnerOf({ task: returnsLate })
    runner.start(run)

    runner.stop(run, stopping)

    expect(valueIn(await run.settled())).toBe('done')
  })

  it('has failed all the same if its time was over', async () => {
    const run = new RecordedRun()
    const runner = runnerOf({ task: task({ timeout: 50 }, returnsLate) })
    runner.start(run)

    runner.stop(run, timeout)

    expect(failureIn(await run.settled()).kind).toBe('timeout')
  })
})

describe('a job that is abandoned', () => {
  it('goes back', () => {
    const run = new RecordedRun()
    const runner = runnerOf({ task: () => new Promise(() => undefined) })
    runner.start(run)

    expect(runner.abandon(run, stopping)).toEqual({ kind: 'return', id: 'job-1', token: 7 })
  })

  it('fails, or runs again, if its time was over', () => {
    const run = new RecordedRun()
    const runner = runnerOf({ task: task({ timeout: 50, retries: 1 }, () => new Promise(() => undefined)) })
    runner.start(run)

    expect(runner.abandon(run, timeout)).toMatchObject({ kind: 'retry' })
  })

  it('still counts among the running tasks until its code ends', async () => {
    let end!: () => void
    const run = new RecordedRun()
    const runner = runnerOf({
      task: () =>
        new Promise<void>((resolve) => {
          end = resolve
        }),
    })
    runner.start(run)
    runner.abandon(run, stopping)

    const before = [...runner.runningTasks()]
    end()
    await run.settled()

    expect(before).toEqual(['task'])
    expect([...runner.runningTasks()]).toEqual([])
  })
})
