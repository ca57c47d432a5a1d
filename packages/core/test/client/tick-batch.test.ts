import { expect, it } from 'vitest'
import { TickBatch, type TickBatchLimits } from '../../src/client/tick-batch.ts'

it('carries what is asked in one tick by one call, and gives each its own answer', async () => {
  const { batch, calls } = recorded()

  expect(await Promise.all([1, 2, 3].map((number) => batch.ask(number)))).toEqual([2, 4, 6])
  expect(await batch.ask(4)).toBe(8)

  expect(calls).toEqual([[1, 2, 3], [4]])
})

it('cuts what is asked at once where it weighs too much, and gives the heaviest a call of its own', async () => {
  const { batch, calls } = recorded({ most: 10, weightOf: (number) => number })
  const asked = [4, 5, 1, 1, 99, 2, 9, 1]

  expect(await Promise.all(asked.map((number) => batch.ask(number)))).toEqual(asked.map((number) => number * 2))

  expect(calls).toEqual([[4, 5, 1], [1], [99], [2], [9, 1]])
})

it('carries at most 256 by one call', async () => {
  const { batch, calls } = recorded()

  await Promise.all(Array.from({ length: 600 }, (_, number) => batch.ask(number)))

  expect(calls.map((call) => call.length)).toEqual([256, 256, 88])
})

function recorded(limits?: TickBatchLimits<number>) {
  const calls: (readonly number[])[] = []
  const batch = new TickBatch(async (numbers: readonly number[]) => {
    calls.push(numbers)
    return numbers.map((number) => number * 2)
  }, limits)
  return { batch, calls }
}
