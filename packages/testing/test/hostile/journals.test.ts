import { AsyncPool, BackendUnavailable, Broker, currentJob, type JobNews, TaskSpace } from '@taskspace/core'
import type { JournalPage, SessionListener, Subscription } from '@taskspace/core/backend'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../src/app/eventually.ts'
import { gate } from '../../src/app/gate.ts'
import { ForwardingQueue, HintlessQueue, job, news } from '../../src/kit.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'

const odd: readonly (readonly [what: string, text: unknown, fields: unknown])[] = [
  ['no text', undefined, undefined],
  ['a symbol', Symbol('s'), Symbol('f')],
  ['an object', { a: 1 }, [1, 2]],
  ['an object without a prototype', Object.create(null), Object.create(null)],
  ['half a character', 'half \ud800', { '\udfff': '\ud800' }],
  ['NUL and controls', 'a\0b\u0001', { '\0': '\u001b[31m' }],
  [
    'a getter that throws',
    'text',
    {
      get a() {
        throw new Error('mine')
      },
    },
  ],
  [
    'a proxy that throws',
    'text',
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('mine')
        },
        get: () => {
          throw new Error('mine')
        },
      },
    ),
  ],
  ['a cycle', 'text', cyclic()],
  ['thousands of levels', 'text', nested(5_000)],
  ['__proto__', 'text', JSON.parse('{"__proto__":{"polluted":1},"constructor":2}')],
]

function cyclic(): object {
  const object: { self?: object } = {}
  object.self = object
  return object
}

function nested(levels: number): object {
  let inner: object = {}
  for (let level = 0; level < levels; level += 1) inner = { inner }
  return inner
}

describe('what a job logs', () => {
  it.each(odd)('fails nothing, and is shown as well as can be: %s', async (_, text, fields) => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('t', {
      log: () => {
        currentJob().log.info(text as string, fields as never)
        return 'well'
      },
    })
    const broker = await store.worker(tasks)
    const logging = broker.queue<typeof tasks>().t.log()

    expect(await logging.result()).toBe('well')
    expect(await logging.logs()).toMatchObject([{ number: 1, level: 'info', text: expect.any(String) }])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('is a line as it stands if a stranger wrote it, and an event with data that cannot be read is refused', async () => {
    const store = new ProgramStore()
    const broker = store.broker()
    const stranger = await store.session({ leaseMs: 60_000 })
    await stranger.put(job('a'))
    const held = await stranger.takeOne()
    await stranger.append(news(held, { lines: ['no JSON', '{"m":5}', '{"t":"x","l":"worst","m":"text"}', '[]', ''] }))

    const lines = await broker.jobs.logs('a')
    await stranger.append(news(held, { lines: ['{"t":1,"e":"step","d":"{\\"__proto__\\":1"}'] }))

    expect(lines.map(({ text, level }) => [text, level])).toEqual([
      ['no JSON', 'info'],
      ['{"m":5}', 'info'],
      ['text', 'info'],
      ['[]', 'info'],
      ['', 'info'],
    ])
    expect(await rejection(broker.jobs.events('a'))).toMatchObject({ code: 'MALFORMED_PAYLOAD' })
  })
})

describe('who asks for news of a job', () => {
  it.each<[string, object, string]>([
    ['an option that does not exist', { afer: 1 }, 'afer'],
    ['a number that is negative', { after: -1 }, 'after'],
    ['a number that is none', { after: Number.NaN }, 'after'],
    ['a text for a number', { after: '1' }, 'after'],
  ])('is told of %s', async (_, options, field) => {
    const d = new ProgramStore().broker().deferred('a')
    const refused = { code: 'INVALID_ARGUMENT', field }

    expect(await rejection(d.logs(options as never))).toMatchObject(refused)
    expect(await rejection(d.events(options as never))).toMatchObject(refused)
    expect(() => d.follow(options as never)).toThrow(expect.objectContaining(refused))
  })

  it('is told of levels and signals that are none', async () => {
    const d = new ProgramStore().broker().deferred('a')

    expect(await rejection(d.logs({ level: 'fatal' as never }))).toMatchObject({ field: 'level' })
    expect(() => d.follow({ signal: {} as never })).toThrow(expect.objectContaining({ field: 'signal' }))
  })

  it('finds nothing of a job that is not known, and is told of one that was not stored', async () => {
    const store = new ProgramStore()
    const broker = store.broker()
    const unknown = broker.deferred('nobody')
    const call = broker.queue().t.any.with({ id: 'taken' })
    await call().enqueued()
    const refused = call()

    for (const asked of [refused.logs(), refused.events(), all(refused.follow())]) {
      expect(await rejection(asked)).toMatchObject({ code: 'DUPLICATE_TASK' })
    }

    expect([await unknown.logs(), await unknown.events(), await all(unknown.follow())]).toEqual([[], [], []])
  })
})

describe('who follows a job', () => {
  const tasks = new TaskSpace('t', {
    hold: async (path: string) => {
      currentJob().log.info('begun')
      await gates.get(path)?.pass()
      currentJob().log.info('over')
    },
  })
  const gates = new Map<string, ReturnType<typeof gate>>()

  async function world(id: string) {
    const store = new ProgramStore()
    const broker = await store.worker(tasks)
    gates.set(id, gate())
    const held = broker.queue<typeof tasks>().t.hold.with({ id })(id)
    await held.enqueued()
    return { store, broker, held }
  }

  it('stops with the reason of its signal, before and while it waits', async () => {
    const { broker } = await world('signal')
    const controller = new AbortController()
    const news: JobNews[] = []
    const following = (async () => {
      for await (const each of broker.deferred('signal').follow({ signal: controller.signal })) news.push(each)
    })()
    await eventually(() => news.length === 1)
    controller.abort(new RangeError('mine'))

    expect(await rejection(following)).toEqual(new RangeError('mine'))
    expect(await rejection(all(broker.deferred('signal').follow({ signal: controller.signal })))).toEqual(
      new RangeError('mine'),
    )
    gates.get('signal')?.open()
  })

  it('is told that its broker was closed', async () => {
    const { store } = await world('closed')
    const reader = store.broker()
    const handle = reader.deferred('closed')
    const following = all(handle.follow())
    await reader.ping()
    await reader.close()

    expect(await rejection(following)).toMatchObject({ code: 'CLOSED' })
    expect(await rejection(all(handle.follow()))).toMatchObject({ code: 'CLOSED' })
    gates.get('closed')?.open()
  })

  it('may leave at any time, and comes back where it was', async () => {
    const { broker, held } = await world('leaves')
    let seen = 0
    for await (const each of held.follow()) {
      if (each.kind === 'log') seen = each.number
      break
    }
    gates.get('leaves')?.open()

    const rest = await all(broker.deferred('leaves').follow({ after: seen }))

    expect(rest).toMatchObject([{ kind: 'log', number: seen + 1, text: 'over' }])
  })

  it('is told everything of a new series as well', async () => {
    const { broker, held } = await world('again')
    const news: JobNews[] = []
    const following = (async () => {
      for await (const each of broker.deferred('again').follow()) news.push(each)
    })()
    await eventually(() => news.length === 1)

    await broker.queue<typeof tasks>().t.hold.with({ id: 'again', onDuplicate: 'replace' })('again').enqueued()
    await eventually(() => news.length === 2)
    gates.get('again')?.open()
    await following

    expect(news.map((each) => each.kind === 'log' && [each.number, each.text])).toEqual([
      [1, 'begun'],
      [1, 'begun'],
      [2, 'over'],
    ])
    expect(held.id).toBe('again')
  })

  it('hears everything though each hint is dropped, and the subscription with it', async () => {
    const { store } = await world('dropped')
    await using reader = new Broker(new HintlessQueue(store.queue()), { clock: store.clock })
    const news: JobNews[] = []
    const following = (async () => {
      for await (const each of reader.deferred('dropped').follow()) news.push(each)
    })()
    await eventually(() => news.length === 1)
    gates.get('dropped')?.open()
    await following

    expect(news.map((each) => each.kind === 'log' && each.text)).toEqual(['begun', 'over'])
  })

  it('looks by itself now and then, since hints may get lost that nobody misses', async () => {
    const store = new ProgramStore()
    const broker = store.broker(tasks)
    gates.set('lost', gate())
    await broker.queue<typeof tasks>().t.hold.with({ id: 'lost' })('lost').enqueued()
    await using reader = new Broker(new Silent(store.queue()), { clock: store.clock })
    const news: JobNews[] = []
    const following = (async () => {
      for await (const each of reader.deferred('lost').follow()) news.push(each)
    })()
    await reader.ping()
    await new AsyncPool(broker).start()
    await gates.get('lost')?.reached()

    await eventually(async () => {
      await store.clock.advance(5_000)
      return news.length === 1
    })
    gates.get('lost')?.open()
    await following

    expect(news.map((each) => each.kind === 'log' && each.text)).toEqual(['begun', 'over'])
  })

  it('waits while the backend is away', async () => {
    const { store, held } = await world('away')
    const away = new Away(store.queue())
    await using reader = new Broker(away, { clock: store.clock })
    let isOver = false
    const following = all(reader.deferred('away').follow()).finally(() => {
      isOver = true
    })
    await eventually(() => away.reads > 0)

    away.isAway = true
    gates.get('away')?.open()
    await held.result()
    for (let count = 0; count < 3; count += 1) await store.clock.advance(10_000)
    away.isAway = false
    await eventually(async () => {
      await store.clock.advance(5_000)
      return isOver
    })

    expect((await following).map((each) => each.kind === 'log' && each.text)).toEqual(['begun', 'over'])
  })
})

/** A store that never tells that something was appended. */
class Silent extends ForwardingQueue {
  override listen(session: string, listener: SessionListener): Promise<Subscription> {
    return super.listen(session, {
      outcomes: (outcomes) => listener.outcomes(outcomes),
      notice: () => listener.notice(),
      due: (at) => listener.due(at),
      news: () => undefined,
      interrupted: () => listener.interrupted(),
    })
  }
}

/** A store whose journals cannot be read for some time. */
class Away extends ForwardingQueue {
  isAway = false
  reads = 0

  override async journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    if (this.isAway) throw new BackendUnavailable('away', 'rejected')
    const page = await super.journal(id, after, limit)
    this.reads += page?.lines.length ?? 0
    return page
  }
}

async function all(news: AsyncIterable<JobNews>): Promise<JobNews[]> {
  const found: JobNews[] = []
  for await (const each of news) found.push(each)
  return found
}
