import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { JobRef } from '../../src/queue/deferred.ts'
import { brokerOnFake, gate, rejection, settled } from './broker-on-fake.ts'

/** Unhandled rejections, kept from the test runner. */
function unhandledRejections(): unknown[] {
  const others = process.listeners('unhandledRejection')
  const seen: unknown[] = []
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason) => seen.push(reason))
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of others) process.on('unhandledRejection', listener)
  })
  return seen
}

describe('an enqueue that failed', () => {
  it('and that nobody looked at is told once for all calls of the tick', async () => {
    const onEnqueueError = vi.fn()
    const { q } = brokerOnFake({ onEnqueueError })
    await q.math.num.with({ id: 'a' })(1).enqueued()

    const refs: JobRef[] = [q.math.num.with({ id: 'a' })(1), q.math.num(2), q.math.num.with({ id: 'a' })(3)]
    await settled()

    expect(onEnqueueError).toHaveBeenCalledTimes(1)
    const [error, failed] = onEnqueueError.mock.calls[0] as [unknown, readonly JobRef[]]
    expect(error).toMatchObject({ code: 'DUPLICATE_TASK' })
    expect(failed.map(({ id }) => refs.findIndex((ref) => ref.id === id))).toEqual([0, 0])
    expect(await rejection((failed[1] as JobRef).enqueued())).toMatchObject({ code: 'DUPLICATE_TASK' })
  })

  it('and that nobody looked at is one unhandled rejection without onEnqueueError', async () => {
    const seen = unhandledRejections()
    const { q } = brokerOnFake()
    await q.math.num.with({ id: 'a' })(1).enqueued()

    q.math.num.with({ id: 'a' })(1)
    q.math.num.with({ id: 'a' })(2)
    await settled()

    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ code: 'DUPLICATE_TASK' })
  })

  it('is told for each tick apart', async () => {
    const onEnqueueError = vi.fn()
    const { q } = brokerOnFake({ onEnqueueError })
    await q.math.num.with({ id: 'a' })(1).enqueued()

    q.math.num.with({ id: 'a' })(1)
    await settled()
    q.math.num.with({ id: 'a' })(2)
    await settled()

    expect(onEnqueueError).toHaveBeenCalledTimes(2)
  })

  it.each([
    ['enqueued()', (d: JobRef) => d.enqueued()],
    ['wait()', (d: JobRef) => d.wait()],
    ['status()', (d: JobRef) => d.status()],
    ['cancel()', (d: JobRef) => d.cancel()],
    ['result()', (d: JobRef) => (d as unknown as { result(): Promise<unknown> }).result()],
  ])('is nobody else s concern once %s was called on any of the tick', async (_name, look) => {
    const onEnqueueError = vi.fn()
    const { q } = brokerOnFake({ onEnqueueError })
    await q.math.num.with({ id: 'a' })(1).enqueued()

    const looked: JobRef = q.math.num.with({ id: 'a' })(1)
    q.math.num.with({ id: 'a' })(2)

    expect(await rejection(look(looked))).toMatchObject({ code: 'DUPLICATE_TASK' })
    await settled()
    expect(onEnqueueError).not.toHaveBeenCalled()
  })

  it('is seen if the Deferred is an argument of a later call, which then fails for it', async () => {
    const onEnqueueError = vi.fn()
    const { store, q } = brokerOnFake({ onEnqueueError })
    await q.math.num.with({ id: 'a' })(1).enqueued()
    const { opened, open } = gate()
    store.gates.set('enqueue', opened)
    const failed = q.math.num.with({ id: 'a' })(1)
    await settled()

    const sum: JobRef = q.math.add([failed])
    const failure = rejection(sum.enqueued())
    open()

    expect(await failure).toMatchObject({ code: 'DUPLICATE_TASK' })
    await settled()
    expect(onEnqueueError).not.toHaveBeenCalled()
  })

  it('is told of a chain of calls that nobody looks at the end of', async () => {
    const onEnqueueError = vi.fn()
    const { q } = brokerOnFake({ onEnqueueError })
    await q.math.num.with({ id: 'a' })(1).enqueued()

    q.math.add([q.math.num.with({ id: 'a' })(1)])
    await settled()

    expect(onEnqueueError).toHaveBeenCalledTimes(1)
    expect(onEnqueueError.mock.calls[0]?.[1]).toHaveLength(2)
  })

  it('is seen by who looks as soon as it can know', async () => {
    const seen = unhandledRejections()
    const { q } = brokerOnFake()
    const good: JobRef = q.math.num.with({ id: 'a' })(1)
    await good.enqueued()

    const bad: JobRef = q.math.num.with({ id: 'a' })(1)
    await settled()
    expect(seen).toHaveLength(1)

    expect(await rejection(bad.enqueued())).toBe(seen[0])
  })

  it('does not stop at an onEnqueueError that throws', async () => {
    const { q, log } = brokerOnFake({
      onEnqueueError: () => {
        throw new Error('no')
      },
    })
    await q.math.num.with({ id: 'a' })(1).enqueued()

    q.math.num.with({ id: 'a' })(1)
    await settled()

    expect(log.lines).toEqual(['onEnqueueError has thrown'])
  })

  it('of an asynchronous schema is told like others', async () => {
    const onEnqueueError = vi.fn()
    const { broker, q } = brokerOnFake({ onEnqueueError })
    const { task } = await import('../../src/tasks/task.ts')
    const { TaskSpace } = await import('../../src/tasks/task-space.ts')
    const input = {
      '~standard': { version: 1, vendor: 'test', validate: async () => ({ issues: [{ message: 'never' }] }) },
    } as const
    broker.expose(new TaskSpace('slow', { check: task({ input }, (value: unknown) => value) }))

    q.slow.check(1)
    await settled()

    expect(onEnqueueError).toHaveBeenCalledTimes(1)
    expect(onEnqueueError.mock.calls[0]?.[0]).toMatchObject({ code: 'SCHEMA_REJECTED' })
  })
})
