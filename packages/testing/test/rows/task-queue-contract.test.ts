import { Broker, TaskSpace } from '@taskspace/core'
import type { ClaimReply, EnqueueAnswer, NewJob } from '@taskspace/core/backend'
import { describe, expect, it, onTestFinished } from 'vitest'
import { drain } from '../../src/index.ts'
import { argumentsOf, ForwardingQueue, failure, idsOf, inline, job, success, value } from '../../src/kit.ts'
import { ProgramStore } from './program-store.ts'

const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
})

/** A backend written by a user: it looks at what is stored on its way to another one. */
class CountingQueue extends ForwardingQueue {
  readonly tasks: string[] = []

  override enqueue(...[call, jobs]: Parameters<ForwardingQueue['enqueue']>): Promise<readonly EnqueueAnswer[]> {
    this.tasks.push(...jobs.map(({ task }: NewJob) => task))
    return super.enqueue(call, jobs)
  }
}

describe('a backend', () => {
  it('may be written by a user, and is given to the broker in the place of a URL [WQ-46] [WQ-73]', async () => {
    const store = new ProgramStore()
    const queue = new CountingQueue(store.queue())
    const broker = new Broker(queue, { clock: store.clock })
    onTestFinished(() => broker.close())
    broker.expose(math)
    const q = broker.queue<typeof math>()

    const sum = q.math.add([q.math.num('1'), q.math.num('2')])
    await drain(broker)

    expect(await sum.result()).toBe(3)
    expect(queue.tasks).toEqual(['math.num', 'math.num', 'math.add'])
  })

  it('takes the time from the clock that the application has [WQ-73]', async () => {
    const store = new ProgramStore()
    const broker = store.broker(math)

    const d = await broker.queue<typeof math>().math.num('1').enqueued()

    expect((await broker.jobs.get(d.id)).createdAt.getTime()).toBe(store.clock.now())
  })

  it('answers each job of an enqueue for itself: stored, or a duplicate [WQ-48] [WQ-46]', async () => {
    const session = await new ProgramStore().session()

    expect(await session.enqueue(job('a'), job('b'), job('a'))).toEqual(['ok', 'ok', { code: 'duplicate' }])
    expect(await session.enqueue(job('b'), job('c'))).toEqual([{ code: 'duplicate' }, 'ok'])
  })

  it('hands a job out with its message and marks it as processing; with nothing there, it answers nothing [WQ-49]', async () => {
    const store = new ProgramStore()
    const session = await store.session({ leaseMs: 5_000 })
    const nothing = await session.claim()
    const waiting = session.claim({ waitMs: 3_000, lane: 5 })
    await store.clock.advance(3_000)
    const nothingInTime = await waiting
    await session.put(job('a', { input: '["message"]' }))

    const { jobs } = await session.claim()

    expect([nothing, nothingInTime]).toEqual([
      { jobs: [], values: [] },
      { jobs: [], values: [] },
    ])
    expect(jobs).toMatchObject([{ id: 'a', input: '["message"]', attempt: 1 }])
    expect(await session.queue.read(['a'])).toMatchObject([{ state: 'processing', session: session.id }])
  })

  it('answers a waiting claim with the first job that comes [WQ-49]', async () => {
    const session = await new ProgramStore().session({ leaseMs: 5_000 })
    const waiting: Promise<ClaimReply> = session.claim({ waitMs: 60_000 })

    await session.put(job('a'))

    expect(idsOf((await waiting).jobs)).toEqual(['a'])
  })
})

describe('an argument that is to come', () => {
  it('may be promised to any number of jobs, and is there at once for those that come later [WQ-50] [WQ-35]', async () => {
    const session = await new ProgramStore().session({ leaseMs: 5_000 })
    await session.put(job('a'), job('b', { edges: [value('a')] }), job('c', { edges: [value('a')] }))
    const before = await session.queue.read(['b', 'c'])

    await session.finish('a', '1')
    await session.put(job('late', { edges: [value('a')] }))
    const reply = await session.claim({ slots: 5 })

    expect(before).toMatchObject([{ state: 'deferred' }, { state: 'deferred' }])
    expect(idsOf(reply.jobs)).toEqual(['b', 'c', 'late'])
    for (const id of idsOf(reply.jobs)) expect(argumentsOf(reply, id)).toEqual([inline('1')])
  })

  it('cannot be promised of a job that is unknown: the call is refused, and leaves nothing behind [WQ-50]', async () => {
    const session = await new ProgramStore().session()

    expect(await session.enqueue(job('a', { edges: [value('stranger')] }))).toEqual([
      { code: 'no-such-job', about: 'stranger' },
    ])
    expect(await session.queue.read(['a'])).toEqual([undefined])
  })

  it('makes the job ready that waited for it last, and only then [WQ-51]', async () => {
    const session = await new ProgramStore().session({ leaseMs: 5_000 })
    await session.put(job('a'), job('b'), job('sum', { edges: [value('a'), value('b')] }))

    await session.finish('a', '1')
    const [between] = await session.queue.read(['sum'])
    await session.finish('b', '2')
    const reply = await session.claim()

    expect(between).toMatchObject({ state: 'deferred', unmet: [{ on: 'b' }] })
    expect(idsOf(reply.jobs)).toEqual(['sum'])
    expect(argumentsOf(reply)).toEqual([inline('1'), inline('2')])
  })

  it('goes straight to the jobs that wait, in the step that stores it, and stays readable [WQ-52]', async () => {
    const session = await new ProgramStore().session({ leaseMs: 5_000 })
    await session.put(job('a'), job('b', { edges: [value('a')] }))
    const a = await session.takeOne()

    const { answers, claim } = await session.settleAndClaim([success(a, '"shared"')])

    expect(answers).toEqual(['ok'])
    if (claim === undefined) expect.fail('the settle claimed')
    expect(idsOf(claim.jobs)).toEqual(['b'])
    expect(argumentsOf(claim)).toEqual([inline('"shared"')])
    const chunk = await session.queue.readValue({ id: 'a', series: 1 }, 0, 100)
    expect(Buffer.from(chunk?.bytes ?? []).toString()).toBe('"shared"')
  })

  it('that fails goes to the jobs that wait as well [WQ-52] [WQ-33]', async () => {
    const session = await new ProgramStore().session({ leaseMs: 5_000 })
    await session.put(job('a'), job('b', { edges: [value('a')] }))

    await session.settle(failure(await session.takeOne(), { text: 'Error: no' }))

    expect(await session.queue.read(['b'])).toMatchObject([
      { state: 'failed', kind: 'dependency-failed', failure: { id: 'a', text: 'Error: no' } },
    ])
  })
})
