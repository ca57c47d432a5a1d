import { afterEach, expect, it, vi } from 'vitest'
import { newJobId } from '../src/job-id.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

afterEach(() => {
  vi.useRealTimers()
})

it('is a uuid of version 7', () => {
  for (let count = 0; count < 1000; count += 1) expect(newJobId()).toMatch(UUID_V7)
})

it('begins with the time in milliseconds', () => {
  const before = Date.now()
  const id = newJobId()

  const ms = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

  expect(ms).toBeGreaterThanOrEqual(before)
  expect(ms).toBeLessThanOrEqual(Date.now() + 1)
})

it('rises as text, and never repeats', () => {
  const ids = Array.from({ length: 50_000 }, newJobId)

  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
})

it('rises also when the clock goes back', () => {
  vi.useFakeTimers({ now: Date.now() + 60_000 })
  const before = newJobId()
  vi.setSystemTime(Date.now() - 3_600_000)

  const after = newJobId()

  expect(after > before).toBe(true)
  expect(after.slice(0, 13)).toBe(before.slice(0, 13))
})

it('starts its counter at random in each millisecond', () => {
  vi.useFakeTimers({ now: Date.now() + 120_000 })
  const counters = Array.from({ length: 20 }, () => {
    vi.advanceTimersByTime(1)
    return newJobId().slice(14, 23)
  })

  expect(new Set(counters).size).toBeGreaterThan(15)
})
