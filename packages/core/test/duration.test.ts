import { describe, expect, it } from 'vitest'
import { type Duration, duration, MAX_DURATION_MS, toMs } from '../src/duration.ts'

const invalid = (field: string, text: string) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', field, message: expect.stringContaining(text) })

describe('toMs', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1500, 1500],
    ['0ms', 0],
    ['200ms', 200],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['1.1m', 66_000],
    ['2m', 120_000],
    ['1d', 86_400_000],
    ['36525d', MAX_DURATION_MS],
  ])('reads %s as %d ms', (value, ms) => {
    expect(toMs(value, 'timeout')).toBe(ms)
  })

  it('rounds to whole milliseconds', () => {
    expect(toMs(1.5, 'delay')).toBe(2)
    expect(toMs('0.4ms', 'delay')).toBe(0)
  })

  it.each<unknown>([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    MAX_DURATION_MS + 1,
    '-5s',
    ' 5s',
    '5s ',
    '5 s',
    '+5s',
    '.5s',
    '5.s',
    '1e3s',
    '30',
    's',
    '',
    '1h30m',
    '5S',
    '5y',
    'Infinityms',
    '99999999999999999999d',
    null,
    {},
    [],
    true,
    5n,
    () => 5,
    Symbol('5s'),
    { valueOf: () => 5 },
    { toString: () => '5s' },
  ])('refuses %s and names the option', (value) => {
    expect(() => toMs(value as Duration, 'timeout')).toThrow(invalid('timeout', 'invalid timeout: '))
  })

  it('takes Infinity only where the option means "never" by it', () => {
    expect(toMs(Number.POSITIVE_INFINITY, 'resultTtl', { infinity: true })).toBe(Number.POSITIVE_INFINITY)
    expect(() => toMs('Infinitys' as Duration, 'resultTtl', { infinity: true })).toThrow(
      invalid('resultTtl', 'Infinitys'),
    )
    expect(() => toMs(Number.NaN, 'resultTtl', { infinity: true })).toThrow(invalid('resultTtl', 'NaN'))
  })

  it('refuses 0, and what rounds to it, where a length is needed', () => {
    for (const value of [0, '0s', 0.4] as const) {
      expect(() => toMs(value, 'timeout', { positive: true })).toThrow(invalid('timeout', 'longer than 0'))
    }
    expect(toMs(1, 'timeout', { positive: true })).toBe(1)
  })

  it('shows no more than the start of a long text', () => {
    expect(() => toMs('9'.repeat(1_000_000) as Duration, 'delay')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,220}$/) }),
    )
  })
})

describe('duration', () => {
  it('reads a text from outside the program', () => {
    const fromEnvironment: string = '1.5s'

    expect(duration(fromEnvironment)).toBe(1500)
  })

  it.each<unknown>(['', '30', 'soon', '-5s', undefined, 30])('refuses %s', (value) => {
    expect(() => duration(value as string)).toThrow(invalid('duration', 'invalid duration: '))
  })
})
