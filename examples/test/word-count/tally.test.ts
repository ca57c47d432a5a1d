import { describe, expect, it } from 'vitest'
import { Tally } from '../../word-count/tally.ts'

describe('a tally', () => {
  it('ranks words by how often they occur, equal ones by their letters', () => {
    const tally = new Tally()
    for (const word of ['b', 'c', 'a', 'c', 'b', 'c']) tally.add(word)

    expect(tally.ranked()).toEqual([
      ['c', 3],
      ['b', 2],
      ['a', 1],
    ])
    expect(tally.missing).toBe(0)
  })

  it('counts words that are names of every object', () => {
    const tally = new Tally()
    tally.add('constructor')
    tally.merge(
      [
        ['constructor', 2],
        ['__proto__', 1],
      ],
      0,
    )

    expect(tally.ranked()).toEqual([
      ['constructor', 3],
      ['__proto__', 1],
    ])
  })

  it('forgets the rarest words beyond its limit, and says by how much a count may be too low', () => {
    const tally = new Tally(2)
    tally.merge(
      [
        ['a', 9],
        ['b', 7],
        ['c', 4],
        ['d', 1],
      ],
      3,
    )

    expect(tally.ranked()).toEqual([
      ['a', 9],
      ['b', 7],
    ])
    expect(tally.missing).toBe(3 + 4)
  })

  it('never misses more than it says, whatever it forgets on the way', () => {
    const tally = new Tally(10)
    const truth = new Map<string, number>()
    for (let index = 0; index < 5_000; index += 1) {
      const word = `w${(index * index) % 97}`
      tally.add(word)
      truth.set(word, (truth.get(word) ?? 0) + 1)
    }

    const ranked = new Map(tally.ranked())
    expect(ranked.size).toBe(10)
    for (const [word, count] of truth) {
      const found = ranked.get(word) ?? 0
      expect(found).toBeLessThanOrEqual(count)
      expect(found + tally.missing).toBeGreaterThanOrEqual(count)
    }
  })
})
