import { describe, expect, it } from 'vitest'
import { Blocking } from '../../../src/pool/isolated/blocking.ts'

describe('Blocking', () => {
  it('takes no task for brief of which nothing is known', () => {
    expect(new Blocking().isBrief('a')).toBe(false)
  })

  it('takes a task for brief that always was, and not for a while when it once was not', () => {
    const blocking = new Blocking()
    blocking.held('a', 0.1)
    const before = blocking.isBrief('a')
    blocking.held('a', 5)
    const after = blocking.isBrief('a')
    for (let count = 0; count < 100; count += 1) blocking.held('a', 0.1)

    expect([before, after, blocking.isBrief('a')]).toEqual([true, false, true])
  })
})
