import { runAsJob } from '@taskspace/testing'
import { expect, it } from 'vitest'
import { exportOrders, price } from './functions.ts'

it('adds up the items', () => {
  expect(price([1, 2, 3])).toBe(6)
})

it('tells how far it is', async () => {
  const seen: number[] = []

  const count = await runAsJob(() => exportOrders(['a', 'b']), { onProgress: (fraction) => seen.push(fraction) })

  expect([count, seen]).toEqual([2, [0.5, 1]])
})

it('stops when it is canceled', async () => {
  const signal = AbortSignal.abort('enough')

  await expect(runAsJob(() => exportOrders(['a', 'b']), { signal })).rejects.toThrow('canceled: enough')
})
