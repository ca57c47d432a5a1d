import { describe, expect, it } from 'vitest'
import { Pipeline } from '../../../src/pool/isolated/pipeline.ts'

describe('Pipeline', () => {
  it('sends nothing ahead before it knows how long jobs take, and while they are long', () => {
    const pipeline = new Pipeline(true)
    const early = pipeline.depth
    pipeline.ran(1, 50)

    expect([early, pipeline.depth]).toEqual([0, 0])
  })

  it('sends as many ahead as run in a few milliseconds, up to a limit', () => {
    const pipeline = new Pipeline(true)
    pipeline.ran(10, 1)
    const some = pipeline.depth
    for (let count = 0; count < 20; count += 1) pipeline.ran(100, 0.1)

    expect([some, pipeline.depth]).toEqual([40, 256])
  })

  it('stops to when jobs did not get their turn, and begins again with short ones', () => {
    const pipeline = new Pipeline(true)
    pipeline.ran(100, 1)
    pipeline.stuck()
    const stuck = pipeline.depth
    for (let count = 0; count < 5; count += 1) pipeline.ran(10, 0.1)

    expect(stuck).toBe(0)
    expect(pipeline.depth).toBeGreaterThan(0)
  })

  it('sends nothing ahead where that is not wanted', () => {
    const pipeline = new Pipeline(false)
    pipeline.ran(100, 0.1)

    expect(pipeline.depth).toBe(0)
  })
})
