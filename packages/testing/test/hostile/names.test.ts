import { randomUUID } from 'node:crypto'
import { AsyncPool, getBroker, RESERVED_NAMES, TaskSpace } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { testBroker } from '../../src/index.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'

/** Names that trip programs which take them for more than names. */
const odd = [
  ...RESERVED_NAMES,
  ...['hasOwnProperty', 'isPrototypeOf', 'length', 'name', 'call', 'apply', 'bind', 'arguments', 'caller'],
  ...[
    'a:b',
    '{}',
    '{a}',
    'a{b}c',
    '\0',
    'a\0b',
    '🐙',
    '\u202e',
    ' ',
    '\n',
    '*',
    '%s',
    '../..',
    "'; --",
    '$x',
    'é',
    'e\u0301',
  ],
  ...['default', 'undefined', 'null', '0', '-1', 'x'.repeat(512)],
]

const illegal: readonly (readonly [string, unknown])[] = [
  ['empty', ''],
  ['10 kB', 'x'.repeat(10_240)],
  ['half a character', 'a\ud800'],
  ['a number', 5],
  ['null', null],
  ['an object', {}],
  ['an array', ['a']],
]

describe('a name that looks like more', () => {
  it('is an id like any other', async () => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('t', { same: (text: string) => text })
    const worker = await store.worker(tasks)
    const q = worker.queue<typeof tasks>()

    const jobs = odd.map((id) => q.t.same.with({ id })(id))

    expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(odd)
    expect(await Promise.all(odd.map((id) => worker.deferred<string>(id).result()))).toEqual(odd)
    expect((await worker.jobs.getMany(odd)).map((info) => info?.id)).toEqual(odd)
    for (const id of odd)
      expect(await rejection(q.t.same.with({ id })(id).enqueued())).toMatchObject({ code: 'DUPLICATE_TASK' })
  })

  it('is a queue like any other', async () => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('t', { same: (text: string) => text })
    const worker = await store.worker(tasks, { queues: odd })

    const jobs = odd.map((name) => worker.queue<typeof tasks>(name).t.same(name))

    expect(await Promise.all(jobs.map((job) => job.result()))).toEqual(odd)
    const counts = await worker.queues.counts()
    expect([...counts.keys()].sort()).toEqual([...odd].sort())
    for (const name of odd) expect((await worker.queues.get(name).counts()).success).toBe(1)
  })

  it('keeps its jobs apart from all others as a namespace', async () => {
    const url = `memory:${randomUUID()}`
    const brokers = await Promise.all(odd.map((namespace) => getBroker(url, { namespace })))
    await Promise.all(brokers.map((broker, index) => broker.queue().t.same.with({ id: 'one' })(index).enqueued()))

    const infos = await Promise.all(brokers.map((broker) => broker.jobs.get('one')))

    expect(infos.map((info) => info.input())).toEqual(odd.map((_, index) => [index]))
    await Promise.all(brokers.map((broker) => broker.close()))
  })

  it('is a tag and a reason like any other', async () => {
    const store = new ProgramStore()
    const broker = store.broker()
    const job = broker.queue().t.same.with({ tags: odd })(1)
    const reasons = odd.map((reason) => ({ reason, job: broker.queue().t.same(reason) }))
    await Promise.all(reasons.map(({ reason, job: each }) => each.cancel(reason)))

    expect((await broker.jobs.get(job.id)).tags).toEqual(odd)
    for (const { reason, job: each } of reasons) {
      expect(await rejection(each.result())).toMatchObject({ text: `canceled: ${reason}` })
    }
  })

  it('is a task, unless it is reserved', async () => {
    const store = new ProgramStore()
    const reserved = new Set<string>(RESERVED_NAMES)
    const legal = odd.filter((name) => !reserved.has(name) && name.length < 500 && name !== '../..')
    const tasks = new TaskSpace('t', Object.fromEntries(legal.map((name) => [name, () => name])))
    const q = (await store.worker(tasks)).queue()

    const names = await Promise.all(legal.map((name) => q.t[name]().result()))

    expect(names).toEqual(legal)
    for (const name of RESERVED_NAMES) {
      const refused = expect.objectContaining({ code: 'INVALID_NAME', message: expect.stringContaining(name) })
      expect(() => new TaskSpace('t', { [`a.${name}`]: () => 1 })).toThrow(refused)
      expect(() => new TaskSpace(`a.${name}` as 'a')).toThrow(refused)
      expect(() => new TaskSpace('t').task(name as 'a', () => 1)).toThrow(refused)
    }
  })

  it('is a key of arguments, results, meta and details', async () => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('t', { same: (value: unknown) => value })
    const worker = await store.worker(tasks)
    const own = Object.fromEntries(odd.map((name) => [name, { polluted: name }]))

    const job = worker.queue<typeof tasks>().t.same.with({ meta: own })(own)

    const result = (await job.result()) as object
    expect(Object.entries(result)).toEqual(Object.entries(own))
    expect(Object.entries((await worker.jobs.get(job.id)).meta)).toEqual(Object.entries(own))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('a name that is none', () => {
  it.each(illegal)('is refused wherever one is asked for, by what it is: %s', async (_, name) => {
    const store = new ProgramStore()
    const broker = store.broker()
    const bad = name as string
    const invalid = (field: string) => expect.objectContaining({ code: 'INVALID_ARGUMENT', field })

    expect(() => broker.queue(bad)).toThrow(invalid('queue'))
    expect(() => broker.queues.get(bad)).toThrow(invalid('queue'))
    expect(() => broker.deferred(bad)).toThrow(invalid('id'))
    expect(() => broker.queue().a.with({ id: bad })).toThrow(invalid('id'))
    expect(() => broker.queue().a.with({ id: () => bad })(1)).toThrow(invalid('id'))
    expect(() => broker.queue().a.with({ tags: [bad] })).toThrow(invalid('tags'))
    expect(() => new AsyncPool(broker, { queues: [bad] })).toThrow(invalid('queues'))
    expect(() => new AsyncPool(broker, { name: bad })).toThrow(invalid('name'))
    expect(await rejection(broker.jobs.get(bad))).toEqual(invalid('id'))
    expect(await rejection(broker.jobs.getMany([bad]))).toEqual(invalid('id'))
    expect(await rejection(broker.jobs.cancel([bad]))).toEqual(invalid('id'))
    expect(await rejection(broker.jobs.remove(bad))).toEqual(invalid('id'))
    expect(() => new TaskSpace('t', {}).task(bad as 'a', () => 1)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^INVALID_(NAME|ARGUMENT)$/) }),
    )
  })

  it('is refused as a task, in a path and in a space', () => {
    const broker = testBroker()

    for (const name of ['', 'a..b', '.a', 'a.', 'x'.repeat(10_240), 'a\ud800']) {
      const refused = expect.objectContaining({ code: 'INVALID_NAME' })
      expect(() => broker.queue()[name](1)).toThrow(refused)
      expect(() => new TaskSpace('t', { [name]: () => 1 })).toThrow(refused)
    }
  })
})
