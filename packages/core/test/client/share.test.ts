import { describe, expect, it } from 'vitest'
import { shareOf } from '../../src/client/share.ts'

describe('the share of a call', () => {
  it('is all that waits where one call is under way at a time', () => {
    expect([shareOf(100, 0, 1), shareOf(256, 0, 1)]).toEqual([100, 256])
  })

  it('makes two equal ones of what waits and what is under way', () => {
    expect([shareOf(100, 0, 2), shareOf(200, 0, 2), shareOf(120, 80, 2)]).toEqual([50, 100, 100])
  })

  it('is not so small that a call costs more than it saves', () => {
    expect([shareOf(3, 0, 2), shareOf(60, 0, 2)]).toEqual([50, 50])
  })

  it('is no more than a call may carry', () => {
    expect([shareOf(10_000, 0, 2), shareOf(10_000, 0, 1)]).toEqual([256, 256])
  })
})
