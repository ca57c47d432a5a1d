import { describe, expect, it } from 'vitest'
import { BackendUnavailable, SessionEnded } from '../../src/errors/backend-errors.ts'
import { Announcement } from '../../src/pool/announcement.ts'
import { ManualClock } from '../client/manual-clock.ts'

function world() {
  const clock = new ManualClock()
  const told: object[] = []
  const errors: unknown[] = []
  const failures: Error[] = []
  const revise = async ({ tasks }: { readonly tasks: object }): Promise<void> => {
    const failure = failures.shift()
    if (failure !== undefined) throw failure
    told.push(tasks)
  }
  const tasks = { count: 0 }
  const announcement = new Announcement({
    ...{ clock, session: { revise } },
    tasks: () => ({ [`task${tasks.count}`]: undefined }),
    failed: (error) => errors.push(error),
  })
  return { announcement, clock, told, errors, failures, tasks }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('an announcement', () => {
  it('tells changes of one tick together, as they are in the end', async () => {
    const { announcement, told, tasks } = world()
    for (tasks.count = 0; tasks.count < 5; tasks.count += 1) announcement.changed()
    await turn()

    expect(told).toEqual([{ task5: undefined }])
  })

  it('comes again when the backend is back, and is no error', async () => {
    const { announcement, clock, told, errors, failures } = world()
    failures.push(new BackendUnavailable('away', 'unknown'), new BackendUnavailable('away', 'rejected'))
    announcement.changed()
    for (let count = 0; count < 3; count += 1) {
      await turn()
      await clock.advance(1_000)
    }
    await turn()

    expect([told.length, errors]).toEqual([1, []])
  })

  it('is left to the next session where this one has ended', async () => {
    const { announcement, clock, told, errors, failures } = world()
    failures.push(new SessionEnded('s'))
    announcement.changed()
    await turn()
    await clock.advance(60_000)
    await turn()

    expect([told, errors]).toEqual([[], []])
  })

  it('reports what else goes wrong, and is tried again', async () => {
    const { announcement, clock, told, errors, failures } = world()
    const problem = new Error('no such function')
    failures.push(problem)
    announcement.changed()
    await turn()
    await clock.advance(1_000)
    await turn()

    expect([told.length, errors]).toEqual([1, [problem]])
  })

  it('is not made once it was stopped', async () => {
    const { announcement, clock, told, failures } = world()
    failures.push(new BackendUnavailable('away', 'unknown'))
    announcement.changed()
    await turn()
    announcement.stop()
    await clock.advance(60_000)
    announcement.changed()
    await turn()

    expect(told).toEqual([])
  })
})
