import { expect, it, vi } from 'vitest'
import { ReadyMarks } from '../src/operations/ready-marks.ts'

it('begins at the front until a mark is old enough, then there, and at the front again once in a while', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const marks = new ReadyMarks()
    const begun = (): unknown => marks.begin(['a', 'b'])

    expect(begun()).toEqual([
      [null, null],
      [null, null],
    ])
    marks.note([['a', -1, 700]])
    expect(begun()).toEqual([
      [null, null],
      [null, null],
    ])
    vi.advanceTimersByTime(150)
    marks.note([['a', -1, 800]])
    vi.advanceTimersByTime(400)
    marks.note([['a', -1, 900]])
    expect(begun()).toEqual([
      [-1, null],
      [700, null],
    ])
    vi.advanceTimersByTime(500)
    expect(begun()).toEqual([
      [-1, null],
      [800, null],
    ])
    vi.advanceTimersByTime(1_000)
    expect(begun()).toEqual([
      [null, null],
      [null, null],
    ])
  } finally {
    vi.useRealTimers()
  }
})

it('looks at whole lines each second while nothing is found', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const marks = new ReadyMarks()
    marks.begin(['a'])
    marks.note([['a', -1, 700]])
    vi.advanceTimersByTime(600)
    expect(marks.begin(['a'])).toEqual([[-1], [700]])
    vi.advanceTimersByTime(600)

    marks.note([])

    expect(marks.begin(['a'])).toEqual([[null], [null]])
  } finally {
    vi.useRealTimers()
  }
})
