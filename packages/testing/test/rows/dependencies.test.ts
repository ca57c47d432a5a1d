import { currentJob, isTaskFailure, type TaskFailure, TaskSpace } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { drain, gate } from '../../src/index.ts'
import { ProgramStore, rejection } from './program-store.ts'

const kitchen = new TaskSpace('kitchen', {
  cook: (what: string) => `cooked ${what}`,
  burn: (what: string): string => {
    throw new Error(`burnt ${what}`)
  },
  serve: (dishes: readonly (string | TaskFailure)[]) =>
    dishes.map((dish) => (isTaskFailure(dish) ? `no dish: ${dish.text}` : dish)),
})

function openKitchen() {
  const store = new ProgramStore()
  const broker = store.broker(kitchen)
  return { store, broker, q: broker.queue<typeof kitchen>() }
}

describe('onError', () => {
  it('is fail by default: the dependent has the failure of the job that failed, and never runs [WQ-25]', async () => {
    const { broker, q } = openKitchen()
    const burnt = q.kitchen.burn('rice')
    const [served, twice] = [q.kitchen.serve([burnt]), q.kitchen.serve.with({ onError: 'fail' })([burnt])]

    const ran = await drain(broker)

    expect(ran.map(({ id }) => id)).toEqual([burnt.id])
    for (const job of [served, twice]) {
      expect(await rejection(job.result())).toMatchObject({
        message: `kitchen.burn [default:${burnt.id}] Error: burnt rice`,
      })
    }
  })

  it('may be pass: the dependent runs with the failure in the place of the value [WQ-25]', async () => {
    const { broker, q } = openKitchen()
    const served = q.kitchen.serve.with({ onError: 'pass' })([q.kitchen.burn('rice'), q.kitchen.cook('peas')])

    await drain(broker)

    expect(await served.result()).toEqual(['no dish: Error: burnt rice', 'cooked peas'])
  })

  it('may be given for all calls of a queue, and for one in particular [WQ-25] [WQ-29]', async () => {
    const { broker, q } = openKitchen()
    const lenient = q.with({ onError: 'pass' })
    const burnt = q.kitchen.burn('rice')
    const [served, refused] = [lenient.kitchen.serve([burnt]), lenient.kitchen.serve.with({ onError: 'fail' })([burnt])]

    await drain(broker)

    expect(await served.result()).toEqual(['no dish: Error: burnt rice'])
    expect(await rejection(refused.result())).toMatchObject({ id: burnt.id })
  })

  it('may be wait: the dependent goes on waiting, until the job is done after all [WQ-25] [RQ-49]', async () => {
    const { broker, q } = openKitchen()
    const burnt = q.kitchen.burn.with({ id: 'rice' })('rice')
    const waits = q.kitchen.serve.with({ onError: 'wait', dependsOn: burnt })(['served'])
    await waits.enqueued()
    await drain(broker)
    const meanwhile = await waits.status()

    q.kitchen.cook.with({ id: 'rice', onDuplicate: 'replace' })('rice')
    await drain(broker)

    expect(meanwhile).toBe('deferred')
    expect(await waits.result()).toEqual(['served'])
  })

  it.each(['Fail', 'ignore', '', null, 1])('refuses what it does not know: %j [WQ-25]', (onError) => {
    const { broker } = openKitchen()

    expect(() => broker.queue().kitchen.serve.with({ onError })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'onError' }),
    )
  })
})

describe('an order-only dependency', () => {
  it('holds a job back until the other has ended; unknown and finished ones count as met [RQ-49]', async () => {
    const { broker, q } = openKitchen()
    const done = q.kitchen.cook('peas')
    await drain(broker)
    const first = q.kitchen.cook('rice')
    const second = q.kitchen.serve.with({ dependsOn: [first, done, 'stranger'] })([])
    const states = [await second.status()]

    const ran = await drain(broker, { concurrency: 1 })

    expect(states).toEqual(['deferred'])
    expect(ran.map(({ id }) => id)).toEqual([first.id, second.id])
  })

  it('can be added to a job that waits, and removed again, also all at once [RQ-48]', async () => {
    const { broker, q } = openKitchen()
    const [a, b] = [q.kitchen.cook.with({ delay: '1h' })('a'), q.kitchen.cook.with({ delay: '1h' })('b')]
    const waits = q.kitchen.serve.with({ dependsOn: a })([])
    await waits.enqueued()
    const waitsFor = async () => (await broker.jobs.get(waits.id)).waitsFor.map(({ id }) => id).sort()

    const added = [await broker.jobs.depend(waits.id, [b]), await broker.jobs.depend(waits.id, 'stranger')]
    const between = await waitsFor()
    const removed = [await broker.jobs.undepend(waits.id, a), await broker.jobs.undepend(waits.id, 'all')]
    const ran = await drain(broker)

    expect(added).toEqual([1, 0])
    expect(between).toEqual([a.id, b.id].sort())
    expect(removed).toEqual([1, 1])
    expect(ran.map(({ id }) => id)).toEqual([waits.id])
    expect(await rejection(broker.jobs.depend(waits.id, b))).toMatchObject({
      ...{ code: 'INVALID_STATE', state: 'success', message: `job ${waits.id} is not deferred: success` },
    })
  })

  it('that would close a circle is refused [RQ-48] [RQ-49]', async () => {
    const { broker, q } = openKitchen()
    const a = q.kitchen.cook.with({ delay: '1h' })('a')
    const b = q.kitchen.serve.with({ dependsOn: a })([])
    const c = q.kitchen.serve.with({ dependsOn: b })([])
    await c.enqueued()

    expect(await rejection(broker.jobs.depend(b.id, c))).toMatchObject({ code: 'DEPENDENCY_CYCLE', id: b.id })
    expect(await rejection(q.kitchen.cook.with({ id: 'me', dependsOn: 'me' })('x').enqueued())).toMatchObject({
      code: 'DEPENDENCY_CYCLE',
    })
  })
})

describe('cancel', () => {
  it('ends a job that waits at once, and is nothing new to one that has ended [RQ-44]', async () => {
    const { broker, q } = openKitchen()
    const [a, b, c] = [q.kitchen.cook('a'), q.kitchen.cook.with({ delay: '1h' })('b'), q.kitchen.cook('c')]
    await c.enqueued()
    await broker.jobs.cancel(a.id)
    await drain(broker)

    const found = await broker.jobs.cancel([a.id, b.id, c.id, 'stranger'], 'closed')

    expect(found).toEqual(['canceled', 'scheduled', 'success', undefined])
    expect(await rejection(b.result())).toMatchObject({ kind: 'canceled', text: 'canceled: closed' })
    expect(await c.result()).toBe('cooked c')
  })

  it('is refused as a whole where a job is left that needs one of them [RQ-44]', async () => {
    const { broker, q } = openKitchen()
    const [a, lone] = [q.kitchen.cook('a'), q.kitchen.cook('lone')]
    const b = q.kitchen.serve([a])
    await b.enqueued()

    expect(await rejection(broker.jobs.cancel([lone.id, a.id]))).toMatchObject({
      ...{ code: 'HAS_DEPENDENTS', id: a.id, dependents: [b.id] },
    })
    expect([await a.status(), await lone.status()]).toEqual(['enqueued', 'enqueued'])
    expect(await broker.jobs.cancel([b.id, a.id])).toEqual(['deferred', 'enqueued'])
  })

  it('may take along what depends on a job, or let that see to it [RQ-44] [WQ-25]', async () => {
    const { broker, q } = openKitchen()
    const [a, b] = [q.kitchen.cook('a'), q.kitchen.cook('b')]
    const [taken, passed] = [q.kitchen.serve([a]), q.kitchen.serve.with({ onError: 'pass' })([b])]
    await passed.enqueued()

    await a.cancel({ cascade: 'cancel', reason: 'closed' })
    await b.cancel({ cascade: 'release', reason: 'closed' })
    await drain(broker)

    expect(await taken.status()).toBe('canceled')
    expect(await passed.result()).toEqual(['no dish: canceled: closed'])
  })

  it('tells a job that runs by its signal, and does not let it succeed any more [RQ-44] [RW-34]', async () => {
    const store = new ProgramStore()
    const [held, reasons] = [gate(), [] as unknown[]]
    const tasks = new TaskSpace('slow', {
      one: async () => {
        const { signal } = currentJob()
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason)
          held.open()
        })
        await held.pass()
        return 'late'
      },
    })
    const worker = await store.worker(tasks)
    const one = worker.queue<typeof tasks>().slow.one()
    await held.reached()

    expect(await one.cancel('closed')).toBe(true)

    expect(await rejection(one.result())).toMatchObject({ kind: 'canceled', text: 'canceled: closed' })
    expect(reasons).toEqual([expect.objectContaining({ message: expect.stringContaining('closed') })])
  })
})
