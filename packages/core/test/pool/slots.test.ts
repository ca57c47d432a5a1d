import { describe, expect, it } from 'vitest'
import { ClaimPlan } from '../../src/pool/claim-plan.ts'
import { Prefetch } from '../../src/pool/prefetch.ts'
import { Slots } from '../../src/pool/slots.ts'

describe('Slots', () => {
  it('are open for what does not run, is not asked for and is not at hand', () => {
    const slots = new Slots(10)
    slots.take()
    slots.ask(3)

    expect(slots.open(2)).toBe(4)
  })

  it('never count below none', () => {
    const slots = new Slots(1)
    slots.ask(1)

    expect(slots.open(5)).toBe(0)
  })

  it('let as many more start as are lent, and no more than there are', () => {
    const slots = new Slots(1)
    slots.take()

    const lent = [slots.lend(), slots.lend()]

    expect(lent).toEqual([true, false])
    expect(slots.canStart).toBe(true)
  })

  it('start nothing while more runs than there are slots, after a lent one is taken back', () => {
    const slots = new Slots(1)
    slots.take()
    slots.lend()
    slots.take()
    slots.takeBack()

    slots.free()

    expect(slots.canStart).toBe(false)
  })
})

describe('Prefetch', () => {
  it('is none before anything is known', () => {
    expect(new Prefetch(true).target(10)).toBe(0)
  })

  it('covers a round trip while jobs are shorter than that', () => {
    const prefetch = new Prefetch(true)
    for (let n = 0; n < 100; n += 1) prefetch.ran(0.5)
    prefetch.trip(2)

    expect(prefetch.target(10)).toBeGreaterThanOrEqual(40)
    expect(prefetch.target(10)).toBeLessThanOrEqual(42)
  })

  it('is none as soon as a job has taken long', () => {
    const prefetch = new Prefetch(true)
    prefetch.ran(0.5)
    prefetch.trip(2)

    prefetch.ran(100)

    expect(prefetch.target(10)).toBe(0)
  })

  it('is none while jobs at hand do not get their turn', () => {
    const prefetch = new Prefetch(true)
    prefetch.ran(0.5)
    prefetch.trip(2)

    prefetch.stuck()

    expect(prefetch.target(10)).toBe(0)
  })

  it('never asks for more than a call may carry', () => {
    const prefetch = new Prefetch(true)
    prefetch.ran(0.001)
    prefetch.trip(1000)

    expect(prefetch.target(100)).toBe(256)
  })

  it('can be turned off', () => {
    const prefetch = new Prefetch(false)
    prefetch.ran(0.5)
    prefetch.trip(2)

    expect(prefetch.target(10)).toBe(0)
  })
})

describe('ClaimPlan', () => {
  const plan = (size: number, ready = 0, prefetch = new Prefetch(false)) => {
    const slots = new Slots(size)
    return { slots, plan: new ClaimPlan({ slots, size, prefetch, queues: ['default'], readyCount: () => ready }) }
  }
  const eager = () => {
    const prefetch = new Prefetch(true)
    prefetch.ran(1)
    prefetch.trip(1000)
    return prefetch
  }

  it('asks for the open slots, once', () => {
    const { plan: one } = plan(3)

    expect(one.request(Number.POSITIVE_INFINITY)).toMatchObject({ slots: 3, ahead: 0, queues: ['default'] })
    expect(one.request(Number.POSITIVE_INFINITY)).toBeUndefined()
  })

  it('asks again for slots that the answer did not fill', () => {
    const { slots, plan: one } = plan(3)
    const request = one.request(Number.POSITIVE_INFINITY)
    slots.take()

    if (request !== undefined) one.answered(request)

    expect(one.request(Number.POSITIVE_INFINITY)).toMatchObject({ slots: 2 })
  })

  it('asks for no more slots than it is told', () => {
    const { plan: one } = plan(3)

    expect([one.request(0), one.request(2), one.request(2)].map((request) => request?.slots)).toEqual([undefined, 2, 1])
  })

  it('asks for half of what a call may carry, and for more with the next', () => {
    const { plan: one } = plan(10_000, 0, eager())

    for (let claim = 0; claim < 3; claim += 1) {
      expect(one.request(Number.POSITIVE_INFINITY)).toMatchObject({ slots: 128, ahead: 0 })
    }
  })

  it('asks for jobs ahead when half of them are used up, not before', () => {
    expect(plan(1, 200, eager()).plan.request(Number.POSITIVE_INFINITY)?.ahead ?? 0).toBe(0)
    expect(plan(1, 100, eager()).plan.request(Number.POSITIVE_INFINITY)).toMatchObject({ slots: 0, ahead: 128 })
  })
})
