import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadlines } from '../../src/connection/deadlines.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

it('says of each answer that it is late when its own time is over, and not of those that came', () => {
  const deadlines = new Deadlines()
  const late: string[] = []
  const first = deadlines.add(1000, () => late.push('first'))
  vi.advanceTimersByTime(500)
  deadlines.add(1000, () => late.push('second'))
  deadlines.add(200, () => late.push('short'))
  deadlines.met(first)

  vi.advanceTimersByTime(199)
  expect(late).toEqual([])
  vi.advanceTimersByTime(1)
  expect(late).toEqual(['short'])
  vi.advanceTimersByTime(799)
  expect(late).toEqual(['short'])
  vi.advanceTimersByTime(1)
  expect(late).toEqual(['short', 'second'])
  expect(vi.getTimerCount()).toBe(0)
})

it('keeps one timer for all, and none once nothing more is waited for', () => {
  const deadlines = new Deadlines()
  const [one, other] = [deadlines.add(1000, () => undefined), deadlines.add(2000, () => undefined)]
  expect(vi.getTimerCount()).toBe(1)

  deadlines.close()
  deadlines.met(one)
  expect(vi.getTimerCount()).toBe(1)
  deadlines.met(other)
  expect(vi.getTimerCount()).toBe(0)
})

it('says that an answer is late after it was closed', () => {
  const deadlines = new Deadlines()
  const late = vi.fn()
  deadlines.add(1000, late)

  deadlines.close()
  vi.advanceTimersByTime(1000)

  expect(late).toHaveBeenCalledOnce()
  expect(vi.getTimerCount()).toBe(0)
})
