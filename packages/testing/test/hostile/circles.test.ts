import { currentJob, type Deferred, TaskSpace } from '@taskspace/core'
import { describe, expect, it } from 'vitest'
import { ProgramStore, rejection } from '../rows/program-store.ts'

const tasks = new TaskSpace('t', {
  nothing: () => 1,
  /** Returns a job that waits for this one. */
  returnDependent: (): Deferred<number> => {
    const { id } = currentJob()
    return currentJob()
      .queue<typeof tasks>()
      .t.nothing.with({ dependsOn: [id] })()
  },
  /** Returns a job that has this one's result among its arguments, some jobs down the line. */
  returnLine: (broker: string): Deferred<number> => {
    const q = currentJob().queue<typeof tasks>().t
    let last = q.addOne(currentJobAsArgument(broker))
    for (let link = 0; link < 5; link += 1) last = q.addOne(last)
    return last
  },
  addOne: (value: number) => value + 1,
})

const brokers = new Map<string, { deferred(id: string): Deferred<number> }>()

function currentJobAsArgument(broker: string): Deferred<number> {
  return brokers.get(broker)?.deferred(currentJob().id) ?? expect.fail('the broker is known')
}

describe('a job that returns what waits for it', () => {
  it.each(['returnDependent', 'returnLine'] as const)(
    'fails for the circle, and so does all of it: %s',
    async (task) => {
      const store = new ProgramStore()
      const worker = await store.worker(tasks)
      brokers.set('worker', { deferred: (id) => worker.deferred<number>(id) })

      const job = worker.queue().t[task].with({ id: 'first' })('worker')

      expect(await rejection(job.result())).toMatchObject({
        code: 'TASK_FAILED',
        text: expect.stringMatching(/^it returned a Deferred of job .*, which waits for this job$/),
      })
      await store.clock.advance(1_000)
      expect(await worker.queues.get('default').counts()).toMatchObject({
        deferred: 0,
        enqueued: 0,
        processing: 0,
        success: 0,
      })
    },
  )

  it('fails if it returns itself', async () => {
    const store = new ProgramStore()
    const self = new TaskSpace('t', {
      self: (): Deferred<number> => brokers.get('self')?.deferred('self') as Deferred<number>,
    })
    const worker = await store.worker(self)
    brokers.set('self', { deferred: (id) => worker.deferred<number>(id) })

    const job = worker.queue<typeof self>().t.self.with({ id: 'self' })()

    expect(await rejection(job.result())).toMatchObject({ code: 'TASK_FAILED' })
  })
})

describe('a call that would depend on itself', () => {
  it('is refused where its own id is given', async () => {
    const broker = new ProgramStore().broker()
    const call = broker.queue().t.nothing

    expect(
      await rejection(
        call
          .with({ id: 'own', dependsOn: ['own'] })()
          .enqueued(),
      ),
    ).toMatchObject({ code: 'DEPENDENCY_CYCLE' })
    expect(await rejection(call.with({ id: 'own' })(broker.deferred('own')).enqueued())).toMatchObject({
      code: 'DEPENDENCY_CYCLE',
    })
    expect(await broker.deferred('own').status()).toBeUndefined()
  })

  it('is refused where it takes the place of one that others wait for, and nothing is lost', async () => {
    const broker = new ProgramStore().broker()
    const { nothing, next } = broker.queue().t
    const first = nothing.with({ id: 'first' })()
    const last = next(next(first))
    await last.enqueued()

    const again = nothing.with({ id: 'first', onDuplicate: 'replace' })(last)

    expect(await rejection(again.enqueued())).toMatchObject({ code: 'DEPENDENCY_CYCLE' })
    expect(await Promise.all([first.status(), last.status()])).toEqual(['enqueued', 'deferred'])
  })
})
