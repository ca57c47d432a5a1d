import { describe, expect, it } from 'vitest'
import { Assignments, suspects } from '../../../src/pool/isolated/assignment.ts'
import { RecordedRun } from '../fakes/recorded-run.ts'

/** Jobs that were sent to a worker; all but the first ahead of their turn, with these times. */
function sent(...startBys: readonly (number | undefined)[]): Assignments {
  const assignments = new Assignments()
  for (const startBy of startBys) assignments.add(new RecordedRun(), startBy)
  return assignments
}

const numbers = (list: readonly { readonly seq: number }[]): readonly number[] => list.map(({ seq }) => seq)

describe('Assignments', () => {
  it('are counted from 1, in the order in which they were sent', () => {
    const assignments = sent(undefined, 10, 10)

    expect(numbers(assignments.begun(2))).toEqual([1, 2])
    expect(assignments.size).toBe(3)
  })

  it('come back when their time has passed and the worker has not begun them', () => {
    const assignments = sent(undefined, 10, 20, 30)

    const overdue = assignments.takeOverdue(2, 25)

    expect(numbers(overdue)).toEqual([3])
    expect(assignments.size).toBe(3)
    expect(assignments.nextStartBy(2)).toBe(30)
  })

  it('never come back by time if the worker owns them', () => {
    const assignments = sent(undefined)

    expect(assignments.takeOverdue(0, Number.MAX_VALUE)).toEqual([])
  })

  it('are told apart by whether they had begun, when the worker is gone', () => {
    const { begun, unbegun } = sent(undefined, 10, 10).takeAll(1)

    expect([numbers(begun), numbers(unbegun)]).toEqual([[1], [2, 3]])
  })

  it('end their waits when they are over', () => {
    const assignments = sent(undefined)
    let ended = 0
    assignments.get(1)?.waits.set(7, () => {
      ended += 1
    })

    assignments.take(1)

    expect(ended).toBe(1)
    expect(assignments.take(1)).toBeUndefined()
  })
})

describe('suspects', () => {
  it('are the last that were begun, as many as run at once: the others have ended', () => {
    const begun = sent(undefined, 1, 1).begun(3)

    expect(numbers(suspects(begun, 1))).toEqual([3])
    expect(numbers(suspects(begun, 2))).toEqual([2, 3])
  })

  it('are none of those that wait for other jobs, unless there are no others', () => {
    const assignments = sent(undefined, 1)
    assignments.get(2)?.waits.set(1, () => undefined)

    expect(numbers(suspects(assignments.begun(2), 1))).toEqual([1])
    expect(numbers(suspects(assignments.begun(2).slice(1), 1))).toEqual([2])
  })
})
