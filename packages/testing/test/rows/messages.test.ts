import { currentJob, type Deferred, SuperjsonCodec, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { gate } from '../../src/index.ts'
import { job as jobOf } from '../../src/kit.ts'
import { ProgramStore, rejection } from './program-store.ts'

const post = new TaskSpace('post', {
  echo: (value: unknown) => value,
  send: ({ to, copies = 1 }: { readonly to: string; readonly copies?: number }) => `${copies} to ${to}`,
})

describe('a message', () => {
  it.each(['not json', '{"a":1}', '[1', '', new Uint8Array([0xff, 0x00])])(
    'that cannot be read fails its job, and the next one runs [WQ-08] [PT-08] [RQ-08] [RW-31]: %j',
    async (input) => {
      const store = new ProgramStore()
      const worker = await store.worker(post, { concurrency: 1 })
      const stranger = await store.session()

      await stranger.put(jobOf('broken', { task: 'post.echo', input }))
      const next = worker.queue<typeof post>().post.echo('fine')

      expect(await rejection(worker.deferred('broken').result())).toMatchObject({
        ...{ code: 'TASK_FAILED', kind: 'invalid-input', id: 'broken', task: 'post.echo' },
      })
      expect(await next.result()).toBe('fine')
      const job = await worker.jobs.get('broken')
      expect(job).toMatchObject({ state: 'failed', kind: 'invalid-input', rawInput: input })
      expect(() => job.input()).toThrow(expect.objectContaining({ code: 'MALFORMED_PAYLOAD' }))
    },
  )

  it.each([
    [[]],
    [{}],
    [{ list: [], nothing: null, nested: { empty: {} } }],
    ['text with "quotes", \\ and \u2028'],
    [0.1 + 0.2],
    [-0],
    [undefined],
    [new Date(5)],
    [2n ** 70n],
    [new Map([['key', new Set([1])]])],
    [new Uint8Array([0, 255])],
    [JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')],
  ])('carries what it was given, both ways: an empty array stays one [RQ-08] [RW-31]: %o', async (value) => {
    const worker = await new ProgramStore().worker(post)

    const job = worker.queue<typeof post>().post.echo(value)

    expect(await job.result()).toStrictEqual(value)
    expect((await worker.jobs.get(job.id)).input()).toStrictEqual(value === undefined ? [] : [value])
  })

  it('is stored as it was sent, and not written anew by what happens to the job [RQ-08] [RW-31]', async () => {
    const store = new ProgramStore()
    const worker = await store.worker(post)
    const input = '[ {"b":1 , "a":[ ]} ]'
    const stranger = await store.session()

    await stranger.put(jobOf('a', { task: 'post.echo', input }))

    expect(await worker.deferred('a').result()).toEqual({ b: 1, a: [] })
    expect((await worker.jobs.get('a')).rawInput).toBe(input)
  })

  it('is made once for all that wait for its answer: later changes of the caller do not matter [RQ-08]', async () => {
    const worker = await new ProgramStore().worker(post)
    const list = [1]

    const job = worker.queue<typeof post>().post.echo(list)
    list.push(2)

    expect(await job.result()).toEqual([1])
  })
})

describe('a Deferred', () => {
  it('goes into a message as an argument, at any depth, and nowhere else [WQ-12]', async () => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('bad', {
      nested: (): unknown => [currentJob().queue<typeof post>().post.echo(1)],
      saved: async () => currentJob().saveOutput({ part: currentJob().queue<typeof post>().post.echo(1) }),
    })
    const worker = await store.worker([post, tasks])
    const q = worker.queue<[typeof post, typeof tasks]>()
    const part = q.post.echo(7)

    expect(await q.post.echo({ deep: [new Map([['part', part]])] }).result()).toEqual({
      deep: [new Map([['part', 7]])],
    })
    expect(() => new SuperjsonCodec().encode({ part }, 'result')).toThrow(
      expect.objectContaining({ code: 'NOT_SERIALIZABLE', message: expect.stringMatching(/part.*Deferred/) }),
    )
    expect(await rejection(q.bad.nested().result())).toMatchObject({ kind: 'invalid-output' })
    expect(await rejection(q.bad.saved().result())).toMatchObject({ text: expect.stringMatching(/NotSerializable/) })
  })

  it('that merely looks like one is data [WQ-12]', async () => {
    const worker = await new ProgramStore().worker(post)
    const fake = { deferred: 'someone', task: 'post.echo', queue: 'default', '~deferred': 1 }

    expect(await worker.queue().post.echo(fake).result()).toEqual(fake)
  })
})

describe('a task', () => {
  it('takes named values as one object [PT-08]', async () => {
    const q = (await new ProgramStore().worker(post)).queue<typeof post>()

    expect(await q.post.send({ to: 'Ada' }).result()).toBe('1 to Ada')
    expect(await q.post.send({ to: 'Alan', copies: 2 }).result()).toBe('2 to Alan')
  })

  it('whose constructor throws fails its job like any other [PT-08]', async () => {
    const store = new ProgramStore()
    class Letter {
      readonly to: string
      constructor({ to }: { readonly to: string }) {
        if (to === '') throw new RangeError('nobody to write to')
        this.to = to
      }
      start(): string {
        return `dear ${this.to}`
      }
    }
    const tasks = new TaskSpace('letter', { write: (data: { readonly to: string }) => new Letter(data).start() })
    const worker = await store.worker(tasks)
    const q = worker.queue<typeof tasks>()

    expect(await q.letter.write({ to: 'Ada' }).result()).toBe('dear Ada')
    expect(await rejection(q.letter.write({ to: '' }).result())).toMatchObject({
      ...{ kind: 'exception', text: 'RangeError: nobody to write to', group: 'letter.write:RangeError' },
    })
  })

  it('ends its job when it ends itself, with what it returns as the result [PT-09]', async () => {
    const store = new ProgramStore()
    const held = gate()
    const tasks = new TaskSpace('service', {
      start: task({}, async (name: string) => {
        await held.pass()
        return { name, done: true }
      }),
    })
    const worker = await store.worker(tasks)
    const service: Deferred<unknown> = worker.queue<typeof tasks>().service.start('mail')
    await held.reached()
    await store.clock.advance('10m')

    const meanwhile = await service.status()
    held.open()

    expect(meanwhile).toBe('processing')
    expect(await service.result()).toEqual({ name: 'mail', done: true })
    expect(await service.status()).toBe('success')
  })
})
