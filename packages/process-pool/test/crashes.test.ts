import { describe, expect, it } from 'vitest'
import { PoolFixture } from './pool-fixture.ts'

/** Starting children takes a while on a busy machine. */
const TIMEOUT_MS = 60_000

/** What a job failed with whose worker died of it. */
const crashed = (reason: string, more: object = {}) => {
  return { code: 'TASK_EXPIRED', kind: 'lost', group: `crash:${reason}`, details: { reason, ...more } }
}

describe('a process that ends within a job', { timeout: TIMEOUT_MS }, () => {
  const once = { maxCrashes: 1 }

  it('fails that job with its exit code, and is replaced [WQ-66, RW-50, RQ-91]', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue

    await expect(t.exit.with(once)(0).result()).rejects.toMatchObject(crashed('exit-code', { code: 0 }))
    await expect(t.exit.with(once)(3).result()).rejects.toMatchObject(crashed('exit-code', { code: 3 }))
    expect(await t.add(1, 2).result()).toBe(3)
  })

  it('fails that job with the signal that killed it', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue

    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGBUS'] as const) {
      await expect(t.kill.with(once)(signal).result()).rejects.toMatchObject(crashed('signal', { signal }))
    }
    await expect(t.abort.with(once)().result()).rejects.toMatchObject({ group: 'crash:signal' })
  })

  it('says that its heap was full', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ execArgv: ['--conditions=@taskspace/source', '--max-old-space-size=40'] })

    await expect(fixture.queue.t.fillHeap.with(once)().result()).rejects.toMatchObject({ group: 'crash:out-of-memory' })
  })

  it('is told from a promise that nobody caught, and from an error that nobody did', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue

    await expect(t.rejectBehind.with(once)().result()).rejects.toMatchObject({
      ...crashed('unhandled-rejection'),
      text: expect.stringContaining('RangeError: nobody caught this'),
    })
    await expect(t.throwBehind.with(once)().result()).rejects.toMatchObject(crashed('uncaught-exception'))
    expect(await t.add(1, 2).result()).toBe(3)
  })

  it('is run again, elsewhere, until it has crashed as often as it may', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const healed = t.exitOnce(fixture.file(), 1)
    const hopeless = t.exit.with({ maxCrashes: 2 })(1)

    expect(await healed.result()).toBe(2)
    await expect(hopeless.result()).rejects.toMatchObject(crashed('exit-code'))
    expect(await fixture.broker.jobs.get(hopeless.id)).toMatchObject({ crashes: 2 })
  })

  it('harms no other job, be it in another process or sent ahead', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool({ workers: 2 })
    const { t } = fixture.queue
    await Promise.all(Array.from({ length: 200 }, (_, n) => t.add(n, 1).result()))

    const jobs = Array.from({ length: 300 }, (_, n) => (n % 100 === 50 ? t.exit.with(once)(9) : t.add(n, 1)))
    const results = await Promise.allSettled(jobs.map((job) => job.result()))

    const failed = results.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))
    expect(failed).toEqual([50, 150, 250])
    const crashes = await Promise.all(jobs.map(async ({ id }) => (await fixture.broker.jobs.get(id)).crashes))
    expect(crashes.flatMap((count, n) => (count > 0 ? [n] : []))).toEqual([50, 150, 250])
  })

  it('does not count for a job that happens to run when an earlier one’s promise is rejected', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    const file = fixture.file()
    const pid = await t.rejectWhen(file).result()

    const next = await t.touch.with(once)(file).result()
    const after = (await t.about().result()).pid

    expect(next).toBe(pid)
    expect(after).not.toBe(pid)
    expect(fixture.log.join('\n')).toContain('unhandled rejection: Error: too late')
  })

  it('is noticed also if something that it started outlives it, and holds its outputs open', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue

    await expect(t.leaveBehind.with(once)().result()).rejects.toMatchObject(crashed('exit-code', { code: 4 }))
    expect(await t.add(1, 2).result()).toBe(3)
  })

  it('is replaced when it cannot say any more what it does', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue
    await t.closeBlackBox().result()

    expect(await t.add(1, 2).result()).toBe(3)
    expect(fixture.log.join('\n')).toContain('EBADF')
  })

  it('is noticed when it cannot be spoken to any more', async () => {
    await using fixture = new PoolFixture()
    await fixture.pool()
    const { t } = fixture.queue

    await expect(t.closeChannel.with(once)().result()).rejects.toMatchObject({ kind: 'lost' })
    await expect(t.writeNonsense.with(once)().result()).rejects.toMatchObject({ group: 'crash:channel-closed' })
    expect(await t.sendMessages().result()).toBe('undefined')
  })
})
