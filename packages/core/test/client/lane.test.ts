import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/backend.ts'
import { Session } from '../../src/client/session.ts'
import { BackendUnavailable, Closed, SessionUnknown } from '../../src/errors/backend-errors.ts'
import { FakeQueue } from './fake-queue.ts'
import { ManualClock } from './manual-clock.ts'

async function opened(queue = new FakeQueue()) {
  const clock = new ManualClock()
  const restarts: string[] = []
  const owner = { held: () => [], lost: () => undefined, restarted: () => restarts.push(session.id) }
  const session: Session = new Session({ queue, clock, spec: {}, owner })
  await session.open()
  return { queue, clock, session, restarts, lane: session.lane(0) }
}

function lost(outcome: 'rejected' | 'unknown' = 'unknown'): BackendUnavailable {
  return new BackendUnavailable('gone', outcome)
}

/** Answers with its call, after failing with each of these. */
function failing(...errors: Error[]) {
  const seen: Call[] = []
  const perform = async (call: Call): Promise<Call> => {
    seen.push(call)
    const error = errors.shift()
    if (error !== undefined) throw error
    return call
  }
  return { perform, seen }
}

describe('a lane', () => {
  it('numbers its calls from 1 and sends one at a time', async () => {
    const { lane } = await opened()
    let underWay = 0
    const perform = async (call: Call): Promise<number> => {
      underWay += 1
      expect(underWay).toBe(1)
      await new Promise(setImmediate)
      underWay -= 1
      return call.number
    }

    const numbers = await Promise.all([lane.send(perform), lane.send(perform), lane.send(perform)])

    expect(numbers).toEqual([1, 2, 3])
  })

  it('numbers each lane apart', async () => {
    const { session, lane } = await opened()
    await lane.send(async () => undefined)

    const call = await session.lane(3).send(async (sent) => sent)

    expect(call).toMatchObject({ lane: 3, number: 1, epoch: 0, session: session.id })
    expect(session.lane(3)).toBe(session.lane(3))
  })

  it('sends a call again under its number when the reply is lost', async () => {
    const { lane, clock } = await opened()
    const { perform, seen } = failing(lost(), lost('rejected'))

    const sent = lane.send(perform)
    await clock.advance(1_000)

    expect(await sent).toMatchObject({ number: 1 })
    expect(seen.map(({ number }) => number)).toEqual([1, 1, 1])
  })

  it('goes on after a refusal with the next number', async () => {
    const { lane } = await opened()
    const { perform } = failing(new TypeError('no'))

    await expect(lane.send(perform)).rejects.toThrow('no')

    expect(await lane.send(async ({ number }) => number)).toBe(2)
  })

  it('gives up at its deadline: rejected if no copy can have been applied', async () => {
    const { queue, lane, clock } = await opened()
    const { perform } = failing(...Array.from({ length: 99 }, () => lost('rejected')))

    const sent = lane.send(perform, { deadlineMs: 3_000 }).catch((error) => error)
    await clock.advance(3_000)

    expect(await sent).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    expect(queue.count('resume')).toBe(0)
  })

  it('gives up at its deadline: unknown if one copy may have been, and resumes before the next call', async () => {
    const { queue, session, lane, clock } = await opened()
    const { perform } = failing(lost('unknown'), ...Array.from({ length: 99 }, () => lost('rejected')))
    const sent = lane.send(perform, { deadlineMs: 3_000 }).catch((error) => error)
    await clock.advance(3_000)
    expect(await sent).toMatchObject({ outcome: 'unknown' })

    const next = await lane.send(async (call) => call)

    expect(queue.count('resume')).toBe(1)
    expect(next).toMatchObject({ session: session.id, epoch: 1, number: 1 })
  })

  it('waits with what comes next until the session has resumed', async () => {
    const { queue, session, lane, clock } = await opened()
    session.doubt()
    queue.fault('resume', 'lose-request', 'lose-reply')

    const sent = lane.send(async (call) => call)
    await clock.advance(2_000)

    expect(await sent).toMatchObject({ epoch: 1 })
    expect(queue.count('resume')).toBe(3)
  })

  it('sends under a new session what a forgotten one was told never to know', async () => {
    const { queue, session, lane, restarts } = await opened()
    const old = session.id
    queue.forgetSessions()

    const answers = await lane.send((call) => queue.enqueue(call, []))

    expect(answers).toEqual([])
    expect(session.id).not.toBe(old)
    expect(restarts).toEqual([session.id])
  })

  it('does not know what became of a call that was lost before the session was forgotten', async () => {
    const { lane, clock } = await opened()
    const { perform } = failing(lost('unknown'), new SessionUnknown('old'))

    const sent = lane.send(perform).catch((error) => error)
    await clock.advance(1_000)

    expect(await sent).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
  })

  it('stops trying when its caller gives up', async () => {
    const { lane, clock } = await opened()
    const { perform } = failing(...Array.from({ length: 99 }, () => lost('rejected')))
    const giveUp = new AbortController()

    const sent = lane.send(perform, { signal: giveUp.signal }).catch((error) => error)
    await clock.advance(500)
    giveUp.abort()

    expect(await sent).toBeInstanceOf(BackendUnavailable)
    expect(clock.timers).toBe(0)
  })

  it('stops trying when the session is closed, and takes no more', async () => {
    const { session, lane, clock } = await opened()
    const { perform } = failing(...Array.from({ length: 99 }, () => lost('rejected')))
    const sent = lane.send(perform).catch((error) => error)
    await clock.advance(500)

    await session.close()

    expect(await sent).toBeInstanceOf(Closed)
    await expect(lane.send(perform)).rejects.toThrow(Closed)
    expect(clock.timers).toBe(0)
  })
})
