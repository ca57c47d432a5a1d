import { describe, expect, it } from 'vitest'
import { MAX_DURATION_MS } from '../../src/duration.ts'
import { type BackoffFunction, backoffMs, NO_BACKOFF } from '../../src/tasks/backoff.ts'

const error = new Error('failed')
const never = (): number => {
  throw new Error('no chance is asked for')
}
const delays = (backoff: Parameters<typeof backoffMs>[0], attempts: number, random = never) =>
  Array.from({ length: attempts }, (_, index) => backoffMs(backoff, index + 1, error, random))

describe('backoffMs', () => {
  it('waits not at all by default', () => {
    expect(delays(NO_BACKOFF, 3)).toEqual([0, 0, 0])
  })

  it('waits the same each time when fixed', () => {
    expect(delays({ type: 'fixed', delayMs: 700 }, 3)).toEqual([700, 700, 700])
  })

  it('doubles when exponential, up to the maximum', () => {
    expect(delays({ type: 'exponential', delayMs: 100, maxMs: 1000 }, 6)).toEqual([100, 200, 400, 800, 1000, 1000])
  })

  it('stays finite after any number of attempts', () => {
    expect(backoffMs({ type: 'exponential', delayMs: 1 }, 2_147_483_648, error, never)).toBe(MAX_DURATION_MS)
    expect(backoffMs({ type: 'exponential', delayMs: 0 }, 2_147_483_648, error, never)).toBe(0)
  })

  it('takes off a random share of the delay, up to the jitter', () => {
    const backoff = { type: 'exponential', delayMs: 100, maxMs: 300, jitter: 0.5 } as const

    expect(delays(backoff, 3, () => 0)).toEqual([100, 200, 300])
    expect(delays(backoff, 3, () => 0.5)).toEqual([75, 150, 225])
    expect(delays({ ...backoff, jitter: 1 }, 3, () => 0.999_999)).toEqual([0, 0, 0])
    expect(delays({ type: 'fixed', delayMs: 100, jitter: 0.2 }, 2, () => 0.5)).toEqual([90, 90])
  })

  it('asks a function, which knows the attempt and the error', () => {
    const asked: unknown[] = []
    const backoff: BackoffFunction = (...args) => {
      asked.push(args)
      return args[0] === 1 ? '2s' : 50
    }

    expect(delays(backoff, 2)).toEqual([2000, 50])
    expect(asked).toEqual([
      [1, error],
      [2, error],
    ])
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 'soon', undefined])('refuses %s from a function', (value) => {
    const backoff = (() => value) as BackoffFunction

    expect(() => backoffMs(backoff, 1, error, never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'backoff' }),
    )
  })
})
