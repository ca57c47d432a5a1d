import { AsyncPool, currentJob, isTaskspaceError, type JobInfo, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { job as jobOf, success, value } from '../../src/kit.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'
import { hostileMessages, noArguments } from './hostile-messages.ts'

const post = new TaskSpace('post', { echo: (...all: unknown[]) => all, first: (one: unknown) => one })

describe('a message that a stranger stored', () => {
  it.each([...hostileMessages, ...noArguments])(
    'fails its job and no other, in bounded time and memory: %s [WQ-08]',
    async (_, input) => {
      const store = new ProgramStore()
      const worker = await store.worker(post, { concurrency: 1 })
      const stranger = await store.session()

      await stranger.put(jobOf('bad', { task: 'post.echo', input }))
      const next = worker.queue<typeof post>().post.first('fine')

      expect(await rejection(worker.deferred('bad').result())).toMatchObject({ kind: 'invalid-input', id: 'bad' })
      expect(await next.result()).toBe('fine')
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    },
  )

  it.each(hostileMessages)(
    'fails who reads it as a result, and the job that has it as an argument: %s',
    async (_, message) => {
      const store = new ProgramStore()
      const caller = store.broker(post)
      const stranger = await store.session()
      const result = caller.deferred('made')
      await stranger.put(jobOf('made'))
      const sum = caller.queue<typeof post>().post.first.with({ onError: 'pass' })(result as never)
      await sum.enqueued()
      await stranger.settle(success(await stranger.takeOne(), message))

      const error = await rejection(result.result())
      const worker = await store.worker(post)

      expect(error).toMatchObject({ code: 'MALFORMED_PAYLOAD' })
      expect(await rejection(worker.deferred(sum.id).result())).toMatchObject({ kind: 'invalid-input', id: sum.id })
    },
  )

  it.each([...hostileMessages, ...noArguments])('is shown as it is to who looks the job up: %s', async (_, input) => {
    const store = new ProgramStore()
    const broker = store.broker()
    const stranger = await store.session()
    await stranger.put(jobOf('bad', { input }))

    const info = await broker.jobs.get('bad')

    expect(info.rawInput).toEqual(input)
    expect(readingOf(info)).toBe('MALFORMED_PAYLOAD')
  })

  it('has nothing where it waits for the results of others', async () => {
    const store = new ProgramStore()
    const broker = store.broker()
    const stranger = await store.session()
    await stranger.put(jobOf('a', { input: 's{"json":[{},1],"holes":[[[0]]]}' }))

    expect((await broker.jobs.get('a')).input()).toEqual([undefined, 1])
  })

  it('with details of a failure that cannot be read is that failure all the same', async () => {
    const store = new ProgramStore()
    const broker = store.broker()
    const stranger = await store.session()
    await stranger.put(jobOf('bad'))
    const { id, token } = await stranger.takeOne()
    const record = {
      kind: 'error',
      code: 'TASK_FAILED',
      task: 'post.first',
      queue: 'default',
      id,
      group: 'error',
    } as const
    await stranger.settle({
      kind: 'failure',
      id,
      token,
      failure: { ...record, text: 'no', details: 's{"json":1,"x":2}' },
    })

    expect(await rejection(broker.deferred('bad').result())).toMatchObject({
      ...{ code: 'TASK_FAILED', text: 'no', details: { code: 'MALFORMED_PAYLOAD' } },
    })
  })

  it.each(['', '{"a":', '[1]', 'null', '"text"'])(
    'with the meta %j fails a task that asks for it, and can be looked up',
    async (meta) => {
      const store = new ProgramStore()
      const asking = new TaskSpace('asking', { meta: () => currentJob().meta })
      const worker = await store.worker(asking)
      const stranger = await store.session()

      await stranger.put(jobOf('bad', { task: 'asking.meta', input: '[]', meta }))

      expect(await rejection(worker.deferred('bad').result())).toMatchObject({
        text: expect.stringMatching(/^MalformedPayload/),
      })
      const info = await worker.jobs.get('bad')
      expect(() => info.meta).toThrow(expect.objectContaining({ code: 'MALFORMED_PAYLOAD' }))
    },
  )

  it('with more values than it has holes fails its job', async () => {
    const store = new ProgramStore()
    const worker = await store.worker(post)
    const one = await worker.queue<typeof post>().post.first(1).enqueued()
    const stranger = await store.session()

    await stranger.put(jobOf('bad', { task: 'post.first', input: '[1]', edges: [value(one.id), value(one.id)] }))

    expect(await rejection(worker.deferred('bad').result())).toMatchObject({ kind: 'invalid-input' })
  })

  it('that is larger than the limit of who runs it fails its job', async () => {
    const store = new ProgramStore()
    const worker = store.broker(post, { maxPayloadBytes: 1000 })
    await new AsyncPool(worker).start()
    const stranger = await store.session()

    await stranger.put(jobOf('bad', { task: 'post.first', input: JSON.stringify(['x'.repeat(1000)]) }))

    expect(await rejection(worker.deferred('bad').result())).toMatchObject({ kind: 'invalid-input' })
  })

  it('with very many arguments runs its task, or fails its job', async () => {
    const store = new ProgramStore()
    const counting = new TaskSpace('counting', { all: task({}, (...all: unknown[]) => all.length) })
    const worker = await store.worker(counting)
    const stranger = await store.session()
    const input = (count: number) => JSON.stringify(new Array(count).fill(0))

    await stranger.put(jobOf('many', { task: 'counting.all', input: input(10_000) }))
    await stranger.put(jobOf('too-many', { task: 'counting.all', input: input(2_000_000) }))

    expect(await worker.deferred('many').result()).toBe(10_000)
    expect(await rejection(worker.deferred('too-many').result())).toMatchObject({
      text: expect.stringMatching(/^RangeError/),
    })
  })
})

/** Code of what reading the arguments throws. */
function readingOf(info: JobInfo): string | undefined {
  try {
    info.input()
    return undefined
  } catch (error) {
    return isTaskspaceError(error) ? error.code : `no error of ours: ${String(error)}`
  }
}
