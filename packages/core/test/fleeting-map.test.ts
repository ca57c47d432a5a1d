import { expect, it } from 'vitest'
import { FleetingMap } from '../src/fleeting-map.ts'

it('holds what was set and not deleted, however many have come and gone', () => {
  const fleeting = new FleetingMap<number, string>()
  const plain = new Map<number, string>()
  for (let step = 0; step < 20_000; step += 1) {
    const key = (step * 7919) % 3000
    fleeting.set(key, `${step}`)
    plain.set(key, `${step}`)
    const other = (step * 104_729) % 3000
    expect(fleeting.delete(other)).toBe(plain.delete(other))
    expect(fleeting.size).toBe(plain.size)
  }

  expect([...fleeting]).toEqual([...plain])
  expect(fleeting.keys()).toEqual([...plain.keys()])
  expect(fleeting.values()).toEqual([...plain.values()])
})

it('is empty after clear', () => {
  const fleeting = new FleetingMap<string, number>()
  fleeting.set('a', 1)
  fleeting.clear()

  expect([fleeting.size, fleeting.has('a'), fleeting.get('a'), fleeting.delete('a')]).toEqual([
    0,
    false,
    undefined,
    false,
  ])
})
