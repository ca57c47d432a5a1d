import { AsyncPool, currentJob, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { gate } from '../../src/index.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'
import { revoked, thenable, thrower, trap } from './odd-values.ts'

describe('what a task returns', () => {
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['a function', () => () => 1, /result cannot be serialized: a function/],
    ['a symbol', () => Symbol('s'), /a symbol/],
    [
      'an instance of a class',
      () =>
        new (class Account {
          balance = 5
        })(),
      /class Account/,
    ],
    [
      'a cycle',
      () => {
        const list: unknown[] = []
        list.push({ list })
        return list
      },
      /result\[0\]\.list/,
    ],
    ['a WeakMap', () => ({ map: new WeakMap() }), /result\.map/],
    [
      'a generator',
      () =>
        (function* () {
          yield 1
        })(),
      /does not travel/,
    ],
    ['a revoked proxy', revoked, /revoked/],
    ['a proxy whose traps throw', trap, /trapped/],
    ['a queue', () => currentJob().queue(), /a function/],
    ['more than a payload may hold', () => 'x'.repeat(40 * 1024 * 1024), /PayloadTooLarge/],
    [
      'more levels than there may be',
      () => {
        let deep: unknown = 1
        for (let n = 0; n < 20_000; n++) deep = [deep]
        return deep
      },
      /levels deep/,
    ],
    [
      'parts that repeat without end',
      () => {
        let many: unknown[] = ['x'.repeat(100)]
        for (let n = 0; n < 60; n++) many = [many, many]
        return many
      },
      /PayloadTooLarge|levels/,
    ],
  ]

  it.each(cases)(
    'fails its job if it cannot travel, and its pool goes on: %s',
    async (_, returned, text) => {
      const store = new ProgramStore()
      const tasks = new TaskSpace('t', { now: () => returned(), later: async () => returned(), fine: () => 'fine' })
      const q = (await store.worker(tasks, { concurrency: 1 })).queue<typeof tasks>()

      const failures = await Promise.all([rejection(q.t.now().result()), rejection(q.t.later().result())])

      for (const failure of failures)
        expect(failure).toMatchObject({ code: 'TASK_FAILED', text: expect.stringMatching(text) })
      expect(await q.t.fine().result()).toBe('fine')
    },
    30_000,
  )

  it.each<[string, () => object, unknown]>([
    ['settles twice', settlesTwice, 1],
    ['gives another thenable', () => thenable((yes) => yes(thenable((also) => also(2)))), 2],
    ['gives a value later', () => thenable((yes) => queueMicrotask(() => yes(3))), 3],
  ])('may be a thenable that %s', async (_, returned, result) => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('t', { odd: returned })
    const q = (await store.worker(tasks)).queue()

    expect(await q.t.odd().result()).toBe(result)
  })

  it('may be a thenable that throws, at once or when it is looked at', async () => {
    const store = new ProgramStore()
    const tasks = new TaskSpace('t', {
      throws: () =>
        thenable(() => {
          throw new RangeError('thrown')
        }),
      looks: () => thrower(new RangeError('looked at')),
    })
    const q = (await store.worker(tasks)).queue()

    expect(await rejection(q.t.throws().result())).toMatchObject({ text: 'RangeError: thrown' })
    expect(await rejection(q.t.looks().result())).toMatchObject({ text: 'RangeError: looked at' })
  })
})

function settlesTwice(): object {
  return thenable((yes, no) => {
    yes(1)
    no(2)
    yes(3)
  })
}

describe('a task that never settles', () => {
  it('is failed when its time is over, and its slot is used again', async () => {
    const store = new ProgramStore()
    const held = gate()
    const tasks = new TaskSpace('t', { never: task({ timeout: '1s' }, () => held.pass()), fine: () => 'fine' })
    const q = (await store.worker(tasks, { concurrency: 1 })).queue<typeof tasks>()

    const failure = rejection(q.t.never().result())
    await held.reached()
    const fine = q.t.fine().result()
    await store.clock.advance('5s')

    expect(await failure).toMatchObject({ kind: 'timeout' })
    expect(await fine).toBe('fine')
  })

  it('does not keep its pool from stopping, and runs again elsewhere', async () => {
    const store = new ProgramStore()
    const held = gate()
    let runs = 0
    const tasks = new TaskSpace('t', {
      never: () => {
        runs += 1
        return runs === 1 ? held.pass() : 'done'
      },
    })
    const broker = store.broker(tasks)
    const pool = new AsyncPool(broker)
    await pool.start()
    const job = broker.queue<typeof tasks>().t.never()
    await held.reached()

    const stopped = pool.stop()
    await store.clock.advance('1m')
    await stopped
    await new AsyncPool(broker).start()

    expect(await job.result()).toBe('done')
    expect((await broker.jobs.get(job.id)).attempt).toBe(1)
  })
})
