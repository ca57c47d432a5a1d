import { describe, expect, it } from 'vitest'
import { gate } from '../../src/app/gate.ts'

describe('gate', () => {
  it('lets nobody pass until it opens', async () => {
    const door = gate()
    const passed: number[] = []
    const walkers = [1, 2].map((n) => door.pass().then(() => passed.push(n)))

    await new Promise(setImmediate)
    const before = [...passed]
    door.open()
    await Promise.all(walkers)

    expect([before, passed]).toEqual([[], [1, 2]])
  })

  it('lets everybody pass once it is open', async () => {
    const door = gate()
    door.open()

    await expect(door.pass()).resolves.toBeUndefined()
  })

  it('tells when somebody is there', async () => {
    const door = gate()
    let two = false
    const reached = door.reached(2).then(() => {
      two = true
    })

    void door.pass()
    await door.reached()
    const early = two
    void door.pass()
    await reached

    expect([early, two, door.arrivals]).toEqual([false, true, 2])
  })
})
