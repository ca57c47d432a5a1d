import { TaskSpace, task } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { gate } from '../../src/index.ts'
import { ProgramStore, rejection } from '../rows/program-store.ts'
import { revoked, throwingError } from './odd-values.ts'

describe('what a back-off does', () => {
  const cases: readonly (readonly [string, () => unknown])[] = [
    [
      'throws undefined',
      () => {
        throw undefined
      },
    ],
    [
      'throws a revoked proxy',
      () => {
        throw revoked()
      },
    ],
    [
      'throws an error whose properties throw',
      () => {
        throw throwingError()
      },
    ],
    ['gives nothing', () => undefined],
    ['gives NaN', () => Number.NaN],
    ['gives less than nothing', () => -1],
    ['gives a promise', () => Promise.resolve(5)],
    ['gives a text that is none', () => 'soon'],
    ['gives a revoked proxy', revoked],
  ]

  it.each(cases)('fails the job with its own error if it %s', async (_, backoff) => {
    const store = new ProgramStore()
    const options = { retries: 3, backoff: backoff as () => number }
    const tasks = new TaskSpace('t', {
      boom: task(options, () => {
        throw new RangeError('first')
      }),
    })
    const q = (await store.worker(tasks)).queue<typeof tasks>()

    expect(await rejection(q.t.boom().result())).toMatchObject({
      text: expect.stringMatching(/^RangeError: first \(no retry, its backoff failed: /),
    })
  })

  it.each(cases)('fails the job that is out of time if it %s', async (_, backoff) => {
    const store = new ProgramStore()
    const options = { retries: 3, timeout: '1s', backoff: backoff as () => number } as const
    const held = gate()
    const tasks = new TaskSpace('t', { never: task(options, () => held.pass()) })
    const q = (await store.worker(tasks)).queue<typeof tasks>()

    const failure = rejection(q.t.never().result())
    await held.reached()
    await store.clock.advance('5s')

    expect(await failure).toMatchObject({ kind: 'timeout', text: expect.stringMatching(/its backoff failed/) })
  })
})
