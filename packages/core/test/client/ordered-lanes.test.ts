import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/backend.ts'
import { OrderedLanes } from '../../src/client/ordered-lanes.ts'
import { Session } from '../../src/client/session.ts'
import { BackendUnavailable, EarlyCall, SessionEnded } from '../../src/errors/backend-errors.ts'
import { settled } from './broker-on-fake.ts'
import { FakeQueue } from './fake-queue.ts'
import { ManualClock } from './manual-clock.ts'

/** What a call came to, decided by the test. */
interface Sent {
  readonly name: string
  readonly call: Call
  answer(): void
  fail(error: Error): void
}

async function opened() {
  const queue = new FakeQueue()
  const clock = new ManualClock()
  const owner = { held: () => [], lost: () => undefined, restarted: () => undefined }
  const session = new Session({ queue, clock, spec: {}, owner })
  await session.open()
  const lanes = new OrderedLanes(session, [0, 2])
  const sent: Sent[] = []
  const send = (name: string) =>
    lanes.send(
      (call) =>
        new Promise<string>((resolve, reject) => sent.push({ name, call, answer: () => resolve(name), fail: reject })),
      { deadlineMs: 10_000 },
    )
  return { clock, session, sent, send, names: () => sent.map(({ name }) => name) }
}

const lost = (): Error => new BackendUnavailable('gone', 'unknown')

describe('ordered lanes', () => {
  it('send as many calls at once as there are lanes, each naming the one before', async () => {
    const { sent, send, session } = await opened()

    const all = [send('a'), send('b'), send('c')]
    await settled()

    expect(sent.map(({ call }) => call)).toEqual([
      { session: session.id, epoch: 0, lane: 0, number: 1 },
      { session: session.id, epoch: 0, lane: 2, number: 1, after: { lane: 0, number: 1 } },
    ])
    sent[0]?.answer()
    await settled()
    expect(sent[2]?.call).toMatchObject({ lane: 0, number: 2, after: { lane: 2, number: 1 } })
    for (const each of sent.slice(1)) each.answer()
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
  })

  it('name no call that was answered', async () => {
    const { sent, send } = await opened()
    const first = send('a')
    await settled()
    sent[0]?.answer()
    await first

    void send('b')
    await settled()

    expect(sent[1]?.call).not.toHaveProperty('after')
  })

  it('make a call anew that came too early, once the one before it is answered', async () => {
    const { sent, send, names } = await opened()
    const all = [send('a'), send('b')]
    await settled()
    sent[1]?.fail(new EarlyCall('b came first'))
    await settled()
    expect(names()).toEqual(['a', 'b'])

    sent[0]?.answer()
    await settled()

    expect(sent[2]).toMatchObject({ name: 'b', call: { lane: 2, number: 2 } })
    expect(sent[2]?.call).not.toHaveProperty('after')
    sent[2]?.answer()
    expect(await Promise.all(all)).toEqual(['a', 'b'])
  })

  it('send nothing again, after both were lost, before what went first is answered', async () => {
    const { sent, send, names, clock } = await opened()
    const all = [send('a'), send('b')]
    await settled()
    for (const each of sent) each.fail(lost())
    await settled()
    await clock.advance(1_000)
    expect(names()).toEqual(['a', 'b', 'a'])

    sent[2]?.answer()
    await settled()

    expect(sent[3]).toMatchObject({ name: 'b', call: { lane: 2, number: 1 } })
    sent[3]?.answer()
    expect(await Promise.all(all)).toEqual(['a', 'b'])
  })

  it('go on when the one before is given up', async () => {
    const { sent, send, clock } = await opened()
    const first = send('a').catch((error) => error)
    await settled()
    await clock.advance(5_000)
    const second = send('b')
    await settled()
    sent[1]?.fail(new EarlyCall('a never came'))
    await settled()

    await clock.advance(5_000)
    sent[0]?.fail(lost())
    await settled()
    sent[2]?.answer()

    expect(await first).toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'unknown' })
    expect(await second).toBe('b')
  })

  it('keep the order under a new session', async () => {
    const { sent, send, session, names } = await opened()
    const old = session.id
    const all = [send('a'), send('b')].map((each) => each.catch((error) => error.code))
    await settled()

    for (const each of sent) each.fail(new SessionEnded(old))

    expect(await Promise.all(all)).toEqual(['SESSION_ENDED', 'SESSION_ENDED'])
    const more = [send('c'), send('d')]
    await settled()
    expect(names().slice(2)).toEqual(['c', 'd'])
    expect(sent[3]?.call).toMatchObject({ session: session.id, number: 1, after: { lane: 0, number: 1 } })
    for (const each of sent.slice(2)) each.answer()
    await Promise.all(more)
  })

  it('let a session reconcile though one waits for the call before it', async () => {
    const { sent, send, session, clock } = await opened()
    const all = [send('a'), send('b')]
    await settled()
    sent[1]?.fail(lost())
    await settled()
    await clock.advance(1_000)
    session.doubt()
    await settled()

    for (const each of sent) each.answer()
    await settled()
    await session.reconcile()

    expect(await Promise.all(all)).toEqual(['a', 'b'])
    expect(session.underWay).toBe(0)
  })
})
