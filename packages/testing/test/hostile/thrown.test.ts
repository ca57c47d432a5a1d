import { AsyncPool, isTaskFailure, nonRetryable, TaskError, TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../src/index.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'
import { revoked, throwingError, trap } from './odd-values.ts'

const MILLION = 1_000_000

describe('what a task throws', () => {
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['undefined', () => undefined, /^thrown: undefined$/],
    ['null', () => null, /^thrown: null$/],
    ['NaN', () => Number.NaN, /^thrown: NaN$/],
    ['a symbol', () => Symbol('s'), /^thrown: a symbol$/],
    ['a bigint of many digits', () => 2n ** 100_000n, /^thrown: a bigint$/],
    ['a function', () => () => 1, /^thrown: a function$/],
    ['an empty object', () => Object.create(null), /^thrown: an object$/],
    ['a frozen error', () => Object.freeze(new RangeError('frozen')), /^RangeError: frozen$/],
    ['a frozen object', () => Object.freeze({ message: 'frozen' }), /^Error: frozen$/],
    ['a message of a million characters', () => new Error('x'.repeat(MILLION)), /^Error: x+$/],
    ['a million emoji', () => new Error('😀'.repeat(MILLION)), /^Error: (😀)+$/u],
    ['a text of a million characters', () => 'x'.repeat(MILLION), /^thrown: 'x+…'$/],
    ['half a character', () => new Error('a\ud800b'), /^Error: a\ufffdb$/],
    ['NUL', () => new Error('a\0b'), /^Error: a\0b$/],
    ['an error whose properties throw', throwingError, /^thrown: an object$/],
    [
      'an object whose getter throws',
      () => ({
        get message() {
          throw new Error('no')
        },
      }),
      /^thrown: an object$/,
    ],
    ['a proxy whose traps throw', trap, /trapped$/],
    ['a revoked proxy', revoked, /revoked$/],
    [
      'an error with a message that is none',
      () => Object.assign(new Error('x'), { message: 5 }),
      /^thrown: an object$/,
    ],
    [
      'an error that is its own cause',
      () => {
        const e = new Error('me')
        e.cause = e
        return e
      },
      /^Error: me$/,
    ],
    ['a promise', () => Promise.resolve(1), /^thrown: an object$/],
  ]

  it.each(cases)(
    'is its failure, at once or later, and its pool goes on: %s [WQ-44, WQ-45]',
    async (_, thrown, text) => {
      const store = new ProgramStore()
      const tasks = new TaskSpace('t', {
        now: () => {
          throw thrown()
        },
        later: async () => {
          await Promise.resolve()
          throw thrown()
        },
        fine: () => 'fine',
      })
      const q = (await store.worker(tasks, { concurrency: 1 })).queue<typeof tasks>()

      const failures = await Promise.all([rejection(q.t.now().result()), rejection(q.t.later().result())])

      for (const failure of failures) {
        expect(failure).toMatchObject({ code: 'TASK_FAILED', kind: 'exception', text: expect.stringMatching(text) })
        expect(Buffer.byteLength((failure as { text: string }).text)).toBeLessThanOrEqual(8192)
      }
      expect(await q.t.fine().result()).toBe('fine')
    },
  )

  it.each(cases)('is handed to onException as it is, which may throw the same: %s [PT-06]', async (_, thrown) => {
    const store = new ProgramStore()
    const value = thrown()
    const tasks = new TaskSpace('t', { boom: () => Promise.reject(value) })
    const broker = store.broker(tasks)
    const seen: unknown[] = []
    const onException = (error: unknown): never => {
      seen.push(error)
      throw value
    }
    await new AsyncPool(broker, { onException }).start()

    await rejection(broker.queue<typeof tasks>().t.boom().result())

    expect(seen).toHaveLength(1)
    // Where there is nothing to hand over, it is the failure.
    if (value === undefined || value === null) expect(isTaskFailure(seen[0])).toBe(true)
    else expect(Object.is(seen[0], value)).toBe(true)
    await eventually(() => store.log.some((line) => line.includes('onException failed')))
  })

  it('is retried or not whatever it is', async () => {
    const store = new ProgramStore()
    let runs = 0
    const tasks = new TaskSpace('t', {
      boom: task({ retries: 2 }, () => {
        runs += 1
        throw revoked()
      }),
      final: task({ retries: 2 }, () => {
        runs += 1
        throw nonRetryable(new Error('final'))
      }),
    })
    const q = (await store.worker(tasks)).queue<typeof tasks>()

    await rejection(q.t.final().result())
    const finalRuns = runs
    await rejection(q.t.boom().result())

    expect(finalRuns).toBe(1)
    expect(runs - finalRuns).toBeGreaterThan(0)
  })

  it('may be a TaskError with details that cannot travel: they are named, and the message stays', async () => {
    const store = new ProgramStore()
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    const tasks = new TaskSpace('t', {
      boom: (which: number) => {
        const details = [cycle, () => 1, revoked(), 'x'.repeat(40 * 1024 * 1024)][which]
        throw new TaskError('sorry', { details })
      },
    })
    const q = (await store.worker(tasks)).queue<typeof tasks>()

    for (const which of [0, 1, 2, 3]) {
      expect(await rejection(q.t.boom(which).result())).toMatchObject({
        ...{
          kind: 'error',
          text: expect.stringMatching(/^sorry \((NotSerializable|PayloadTooLarge): details/),
          details: undefined,
        },
      })
    }
  })
})
