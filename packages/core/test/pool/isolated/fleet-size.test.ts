import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FleetSize } from '../../../src/pool/isolated/fleet-size.ts'

/** A fleet of which only the numbers are there. */
function fleetOf(minWorkers: number, maxWorkers: number) {
  const fleet = { alive: 0, waiting: 0, idle: 0 }
  const size = new FleetSize(
    { minWorkers, maxWorkers },
    {
      spawn: () => {
        fleet.alive += 1
      },
      demand: () => ({ alive: fleet.alive, wanted: fleet.alive + fleet.waiting }),
      shrink: () => {
        if (fleet.idle === 0) return
        fleet.idle -= 1
        fleet.alive -= 1
      },
    },
  )
  return { fleet, size }
}

describe('FleetSize', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('starts as many as there are to be, and one to learn the tasks of if that is none', () => {
    const [several, none] = [fleetOf(3, 5), fleetOf(0, 5)]
    several.size.open()
    none.size.open()

    expect([several.fleet.alive, none.fleet.alive]).toEqual([3, 1])
  })

  it('grows with what waits, up to its limit', () => {
    const { fleet, size } = fleetOf(1, 4)
    size.open()
    fleet.waiting = 10

    size.grow()

    expect(fleet.alive).toBe(4)
  })

  it('lets one go at a time, down to its limit', () => {
    const { fleet, size } = fleetOf(1, 4)
    size.open()
    fleet.waiting = 10
    size.grow()
    fleet.waiting = 0
    fleet.idle = 4

    vi.advanceTimersByTime(1_000)
    const after = fleet.alive
    vi.advanceTimersByTime(10_000)

    expect([after, fleet.alive]).toEqual([3, 1])
    size.close()
  })

  it('waits longer and longer while workers do not come up, and no more when one has worked', () => {
    const { fleet, size } = fleetOf(1, 1)
    size.open()
    const fail = (): void => {
      fleet.alive = 0
      size.failed()
      size.grow()
    }
    fail()
    vi.advanceTimersByTime(99)
    const early = fleet.alive
    vi.advanceTimersByTime(1)
    const inTime = fleet.alive
    fail()
    vi.advanceTimersByTime(150)
    const second = fleet.alive
    vi.advanceTimersByTime(50)

    expect([early, inTime, second, fleet.alive]).toEqual([0, 1, 0, 1])
    size.worked()
    fail()
    vi.advanceTimersByTime(100)
    expect(fleet.alive).toBe(1)
  })

  it('starts none when it is closed', () => {
    const { fleet, size } = fleetOf(1, 4)
    size.open()
    fleet.alive = 0
    size.failed()
    size.close()

    vi.advanceTimersByTime(60_000)
    size.grow()

    expect(fleet.alive).toBe(0)
  })
})
