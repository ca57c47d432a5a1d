import { expect, it } from 'vitest'
import { reconnectDelayMs } from '../../src/client/pause.ts'

const tries = [1, 2, 3, 5, 6, 20, 1e6]

it('the pause before another try of a call grows to a second, and no further', () => {
  expect(tries.map((count) => reconnectDelayMs(count, () => 1))).toEqual([50, 100, 200, 800, 1000, 1000, 1000])
})

it('half of that pause is random, so that many do not come back at one time', () => {
  expect(tries.map((count) => reconnectDelayMs(count, () => 0))).toEqual([25, 50, 100, 400, 500, 500, 500])
})
