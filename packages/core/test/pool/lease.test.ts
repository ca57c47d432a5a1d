import { describe, expect, it } from 'vitest'
import type { RenewReply } from '../../src/backend/session.ts'
import type { Session } from '../../src/client/session.ts'
import { BackendUnavailable, SessionEnded } from '../../src/errors/backend-errors.ts'
import { Lease } from '../../src/pool/lease.ts'
import { JumpingClock } from './fakes/jumping-clock.ts'

class FakeSession {
  readonly id = 's'
  renewals = 0
  doubts = 0
  reconciliations = 0
  restarts: string[] = []
  held = 0
  failure: Error | undefined

  async renew(): Promise<RenewReply> {
    this.renewals += 1
    if (this.failure !== undefined) throw this.failure
    return { held: this.held, canceled: [], lost: [] }
  }

  doubt(): void {
    this.doubts += 1
  }

  async reconcile(): Promise<void> {
    this.reconciliations += 1
  }

  async restart(id: string): Promise<void> {
    this.restarts.push(id)
  }
}

function setUp(leaseMs = 5_000) {
  const clock = new JumpingClock()
  const session = new FakeSession()
  const told = { distrusts: 0, beats: 0, renewed: 0, failures: [] as unknown[] }
  const pool = { held: 0, version: 0 as number | undefined }
  const lease = new Lease({
    clock,
    session: session as unknown as Session,
    leaseMs,
    owner: {
      heldCount: () => pool.held,
      heldVersion: () => pool.version,
      renewed: () => {
        told.renewed += 1
      },
      distrust: () => {
        told.distrusts += 1
      },
      beat: () => {
        told.beats += 1
      },
      failed: (_what, error) => told.failures.push(error),
    },
  })
  lease.start()
  const hold = (count: number) => {
    pool.held = count
    session.held = count
    lease.extended(clock.now())
  }
  return { clock, session, told, pool, lease, hold }
}

describe('Lease', () => {
  it('is renewed every 15 s while nothing is held', async () => {
    const { clock, session } = setUp()

    await clock.advance(60_000)

    expect(session.renewals).toBe(4)
  })

  it('is renewed every second while something is held', async () => {
    const { clock, session, hold } = setUp()
    hold(1)

    await clock.advance(10_000)

    expect(session.renewals).toBe(10)
  })

  it('goes back to the slow beat when nothing is held any more', async () => {
    const { clock, session, hold } = setUp()
    hold(1)
    await clock.advance(1_000)
    hold(0)

    await clock.advance(60_000)

    expect(session.renewals).toBeLessThanOrEqual(6)
  })

  it('leaves no timer when it is stopped', async () => {
    const { clock, lease, hold } = setUp()
    hold(1)

    lease.stop()

    expect(clock.timers).toBe(0)
  })

  it('is not trusted any more one beat before it ends, if it cannot be renewed [G7]', async () => {
    const { clock, session, told, hold } = setUp(5_000)
    session.failure = new BackendUnavailable('away', 'unknown')
    hold(1)

    await clock.advance(2_000)
    const early = told.distrusts
    await clock.advance(2_000)

    expect(early).toBe(0)
    expect(told.distrusts).toBeGreaterThan(0)
    expect(told.failures).toEqual([])
  })

  it('is trusted while renewals come through', async () => {
    const { clock, told, hold } = setUp(5_000)
    hold(1)

    await clock.advance(60_000)

    expect(told.distrusts).toBe(0)
  })

  it('is renewed before it is judged, if this process stood still', async () => {
    const { clock, session, told, hold } = setUp(5_000)
    hold(1)
    clock.jump(20_000)

    await clock.advance(1_000)

    expect(session.renewals).toBeGreaterThan(0)
    expect(told.distrusts).toBe(0)
  })

  it('is reconciled when two renewals in a row tell another count', async () => {
    const { clock, session, hold } = setUp()
    hold(2)
    session.held = 3

    await clock.advance(1_000)
    const afterOne = session.doubts
    await clock.advance(1_000)

    expect(afterOne).toBe(0)
    expect([session.doubts, session.reconciliations]).toEqual([1, 1])
  })

  it('is not reconciled for a count that differs while a settlement is under way', async () => {
    const { clock, session, pool, hold } = setUp()
    hold(2)
    session.held = 3
    pool.version = undefined

    await clock.advance(10_000)

    expect(session.doubts).toBe(0)
  })

  it('goes on as a new session when its own has ended', async () => {
    const { clock, session, hold } = setUp()
    hold(1)
    session.failure = new SessionEnded('s')

    await clock.advance(1_000)

    expect(session.restarts).toEqual(['s'])
  })

  it('reports what is neither an outage nor an end', async () => {
    const { clock, session, told, hold } = setUp()
    hold(1)
    session.failure = new Error('broken')

    await clock.advance(1_000)

    expect(told.failures).toEqual([session.failure])
  })
})
