import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../src/app/virtual-clock.ts'

describe('VirtualClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = new VirtualClock(1_000)

    const before = clock.now()
    await clock.advance('1.5s')

    expect([before, clock.now()]).toEqual([1_000, 2_500])
  })

  it('begins at a Date, or in 2030', () => {
    expect(new VirtualClock(new Date(5)).now()).toBe(5)
    expect(new Date(new VirtualClock().now()).getUTCFullYear()).toBe(2030)
  })

  it('fires timers in their order, each at its time', async () => {
    const clock = new VirtualClock(0)
    const fired: unknown[] = []
    clock.setTimer(() => fired.push(['late', clock.now()]), 20)
    clock.setTimer(() => fired.push(['early', clock.now()]), 10)
    clock.setTimer(() => fired.push(['early too', clock.now()]), 10)
    clock.setTimer(() => fired.push('not yet'), 31)

    await clock.advance(30)

    expect(fired).toEqual([
      ['early', 10],
      ['early too', 10],
      ['late', 20],
    ])
    expect(clock.pending).toBe(1)
  })

  it('fires no timer that was canceled', async () => {
    const clock = new VirtualClock(0)
    const fired: string[] = []
    const timers = ['a', 'b', 'c'].map((name) => clock.setTimer(() => fired.push(name), 10))

    timers[1]?.cancel()
    timers[1]?.cancel()
    await clock.advance(10)

    expect(fired).toEqual(['a', 'c'])
  })

  it('lets what follows from a timer happen before the next', async () => {
    const clock = new VirtualClock(0)
    const seen: string[] = []
    const slowly = async (name: string) => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
      seen.push(name)
    }
    clock.setTimer(() => void slowly('first'), 10)
    clock.setTimer(() => seen.push('second'), 11)

    await clock.advance(20)

    expect(seen).toEqual(['first', 'second'])
  })

  it('fires timers that are set meanwhile, if they get due', async () => {
    const clock = new VirtualClock(0)
    let beats = 0
    const beat = () => {
      beats += 1
      clock.setTimer(beat, 1_000)
    }
    clock.setTimer(beat, 1_000)

    await clock.advance('1m')

    expect(beats).toBe(60)
  })

  it('advances once after the other', async () => {
    const clock = new VirtualClock(0)
    const fired: number[] = []
    clock.setTimer(() => fired.push(clock.now()), 15)

    await Promise.all([clock.advance(10), clock.advance(10)])

    expect([fired, clock.now()]).toEqual([[15], 20])
  })

  it('fires late what was due while it jumped', async () => {
    const clock = new VirtualClock(0)
    const fired: number[] = []
    clock.setTimer(() => fired.push(clock.now()), 10)

    clock.skip('1m')
    await clock.advance(0)

    expect(fired).toEqual([60_000])
  })

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], ['soon']])('refuses to advance by %o', (time) => {
    expect(() => new VirtualClock().advance(time as number)).toThrow(/invalid duration/)
  })
})
