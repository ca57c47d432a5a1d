import { expect, it } from 'vitest'
import { retryDelayMs } from '../../src/connection/retry-delay.ts'

const tries = [1, 2, 3, 6, 20, 1e6]

it('the pause before another try to connect grows to half a second, and no further', () => {
  expect(tries.map((count) => retryDelayMs(count, () => 1))).toEqual([20, 40, 80, 500, 500, 500])
})

it('half of that pause is random, so that many do not come back at one time', () => {
  expect(tries.map((count) => retryDelayMs(count, () => 0))).toEqual([10, 20, 40, 250, 250, 250])
})
