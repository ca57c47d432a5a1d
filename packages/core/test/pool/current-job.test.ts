import { describe, expect, it } from 'vitest'
import type { JobScope } from '../../src/broker-host.ts'
import { type CurrentJob, currentJob } from '../../src/current-job.ts'
import { NotInJob } from '../../src/errors/usage-errors.ts'
import { task } from '../../src/tasks/task.ts'
import { ManualClock } from '../client/manual-clock.ts'
import { codec, RecordedRun } from './fakes/recorded-run.ts'
import { failureIn, ran, runnerOf, valueIn } from './fakes/runner.ts'
import { schema } from './fakes/schema.ts'

describe('currentJob', () => {
  it('throws outside a job', () => {
    expect(() => currentJob()).toThrow(NotInJob)
  })

  it('tells who the job is', async () => {
    const run = await ran(
      () => {
        const { id, name, queueName, attempt, token, tags, meta, deadline } = currentJob()
        return { id, name, queueName, attempt, token, tags, meta, deadline }
      },
      { id: 'j', queue: 'mail', attempt: 3, token: 99, tags: ['a'], meta: '{"by":"me"}' },
    )

    expect(valueIn(run.settlement)).toEqual({
      ...{ id: 'j', name: 'task', queueName: 'mail', attempt: 3, token: 99, tags: ['a'], meta: { by: 'me' } },
      deadline: undefined,
    })
  })

  it('has no tags and an empty meta if none were given', async () => {
    const run = await ran(() => [currentJob().tags, currentJob().meta])

    expect(valueIn(run.settlement)).toEqual([[], {}])
  })

  it('is found by all that the task calls or awaits', async () => {
    const run = await ran(async () => {
      await new Promise(setImmediate)
      return [1].map(() => currentJob().id)
    })

    expect(valueIn(run.settlement)).toEqual(['job-1'])
  })

  it('is another one for each of several jobs that run at once', async () => {
    const runner = runnerOf({
      task: async () => {
        await new Promise(setImmediate)
        return currentJob().id
      },
    })
    const runs = ['a', 'b', 'c'].map((id) => new RecordedRun({ id }))

    for (const run of runs) runner.start(run)

    expect(await Promise.all(runs.map(async (run) => valueIn(await run.settled())))).toEqual(['a', 'b', 'c'])
  })

  it('knows its deadline by the clock of the pool', async () => {
    const clock = new ManualClock()

    const run = await ran(
      task({ timeout: '5s' }, () => currentJob().deadline),
      {},
      { clock },
    )

    expect(valueIn(run.settlement)).toBe(clock.now() + 5000)
  })
})

describe('progress', () => {
  it('is told to the pool', async () => {
    const run = await ran(() => currentJob().progress(0.5))

    expect(run.news).toEqual([{ progress: 0.5 }])
  })

  it.each([[-0.1], [1.1], [Number.NaN], ['0.5']])('refuses %o', async (value) => {
    const run = await ran(() => currentJob().progress(value as number))

    expect(failureIn(run.settlement).text).toMatch(/^InvalidArgument: invalid progress/)
  })
})

describe('saveOutput', () => {
  it('stores the value, which is the result of a task that returns undefined [RW-32]', async () => {
    const run = await ran(() => {
      void currentJob().saveOutput({ part: 1 })
      void currentJob().saveOutput({ part: 2 })
    })

    expect(run.news.map(({ output }) => codec.decode(output ?? ''))).toEqual([{ part: 1 }, { part: 2 }])
    expect(valueIn(run.settlement)).toEqual({ part: 2 })
  })

  it('gives way to a value returned [RW-32]', async () => {
    const run = await ran(async () => {
      await currentJob().saveOutput('saved')
      return 'returned'
    })

    expect(valueIn(run.settlement)).toBe('returned')
  })

  it('applies the output schema, once', async () => {
    const run = await ran(
      task({ output: schema<number, string>((n) => `${n}!`) }, () => {
        void currentJob().saveOutput(3)
        return undefined as never
      }),
    )

    expect(valueIn(run.settlement)).toBe('3!')
  })

  it('throws inside the task what the schema refuses, and saves nothing [RW-32]', async () => {
    const run = await ran(
      task({ output: schema<number, number>((n) => n, 'odd') }, () => {
        void currentJob().saveOutput(3)
        return 4
      }),
    )

    expect(failureIn(run.settlement).text).toContain('odd')
    expect(run.news).toEqual([])
  })

  it('fails the job if an asynchronous schema refuses the value, also if nobody waits', async () => {
    const run = await ran(
      task({ output: schema<unknown, unknown>(async (value) => value, 'odd') }, () => {
        currentJob()
          .saveOutput(3)
          .catch(() => undefined)
        return undefined as never
      }),
    )

    expect(failureIn(run.settlement).text).toContain('odd')
  })

  it('throws what cannot be sent', async () => {
    const run = await ran(() => currentJob().saveOutput(() => 1))

    expect(failureIn(run.settlement).text).toMatch(/^NotSerializable: output/)
  })

  it('is stored before the job ends', async () => {
    let stored!: () => void
    const run = new RecordedRun()
    run.append = () =>
      new Promise((resolve) => {
        stored = () => resolve('ok')
      })
    runnerOf({ task: () => void currentJob().saveOutput(1) }).start(run)

    const early = run.settlement
    stored()

    expect(early).toBeUndefined()
    expect(valueIn(await run.settled())).toBe(1)
  })
})

describe('retry', () => {
  it('runs the job again when it is thrown [RQ-38]', async () => {
    const run = await ran(
      task({ retries: 1, backoff: '1m' }, () => {
        throw currentJob().retry('5s', 'not yet')
      }),
    )

    expect(run.settlement).toMatchObject({ kind: 'retry', delayMs: 5000 })
    expect(failureIn(run.settlement)).toMatchObject({ kind: 'error', text: 'not yet' })
  })

  it('takes the delay of the back-off if it is given none', async () => {
    const run = await ran(
      task({ retries: 1, backoff: '1m' }, () => {
        throw currentJob().retry()
      }),
    )

    expect(run.settlement).toMatchObject({ kind: 'retry', delayMs: 60_000 })
  })

  it('fails as retries-exhausted with none left [RQ-38, RQ-42]', async () => {
    const run = await ran(
      () => {
        throw currentJob().retry('5s')
      },
      { queue: 'Q' },
    )

    expect(run.settlement?.kind).toBe('failure')
    expect(failureIn(run.settlement)).toMatchObject({
      ...{ kind: 'retries-exhausted', group: 'retries-exhausted', text: 'Job exhausted retries in queue "Q"' },
    })
  })

  it('changes nothing if it is caught on its way', async () => {
    const run = await ran(
      task({ retries: 1 }, () => {
        try {
          throw currentJob().retry('5s')
        } catch {
          return 'swallowed'
        }
      }),
    )

    expect(valueIn(run.settlement)).toBe('swallowed')
  })

  it('is an error like any other in another job', async () => {
    let other!: Error
    await ran(
      () => {
        other = currentJob().retry('5s')
      },
      { token: 1 },
    )

    const run = await ran(
      task({ retries: 1 }, () => {
        throw other
      }),
      { token: 2 },
    )

    expect(failureIn(run.settlement).kind).toBe('exception')
  })

  it('refuses a delay that is none', async () => {
    const run = await ran(() => currentJob().retry(-1))

    expect(failureIn(run.settlement).text).toMatch(/^InvalidArgument: invalid delay/)
  })
})

describe('fail', () => {
  it('ends the job as failed, without a retry [RQ-37]', async () => {
    const run = await ran(
      task({ retries: 5 }, () => {
        throw currentJob().fail('no such user', { group: 'users', details: { id: 5 } })
      }),
    )

    expect(run.settlement?.kind).toBe('failure')
    const { kind, text, group, details } = failureIn(run.settlement)
    expect({ kind, text, group }).toEqual({ kind: 'error', text: 'no such user', group: 'users' })
    expect(codec.decode(details ?? '')).toEqual({ id: 5 })
  })
})

describe('heartbeat', () => {
  it('rejects with what the pool says', async () => {
    const run = new RecordedRun()
    run.heartbeat = () => Promise.reject(new Error('lost'))
    runnerOf({ task: () => currentJob().heartbeat() }).start(run)

    expect(failureIn(await run.settled()).text).toBe('Error: lost')
  })
})

describe('childId', () => {
  it('is the same each time, and different for each job and name', async () => {
    const child = (job: CurrentJob) => [job.childId('left'), job.childId('right')]

    const run = await ran(() => child(currentJob()), { id: 'parent' })

    expect(valueIn(run.settlement)).toEqual(['parent/left', 'parent/right'])
  })

  it.each([[''], ['x'.repeat(512)]])('refuses a name that makes no id', async (name) => {
    const run = await ran(() => currentJob().childId(name))

    expect(failureIn(run.settlement).text).toMatch(/^InvalidArgument: invalid name/)
  })
})

describe('calls of the job', () => {
  const scopeWith = (flushed: () => Promise<void>): JobScope => ({
    queue: () => 'the queue' as never,
    pending: true,
    flushed,
  })

  it('go through its own scope', async () => {
    const claims: unknown[] = []
    const scope = (job: unknown) => {
      claims.push(job)
      return scopeWith(() => Promise.resolve())
    }

    const run = await ran(() => [currentJob().queue(), currentJob().queue('mail')], { id: 'j', token: 5 }, { scope })

    expect(valueIn(run.settlement)).toEqual(['the queue', 'the queue'])
    expect(claims).toEqual([{ id: 'j', token: 5 }])
  })

  it('are stored before the job succeeds', async () => {
    let flush!: () => void
    const flushed = new Promise<void>((resolve) => {
      flush = resolve
    })
    const run = new RecordedRun()
    runnerOf({ task: () => void currentJob().queue() }, { scope: () => scopeWith(() => flushed) }).start(run)

    await new Promise(setImmediate)
    const early = run.settlement
    flush()

    expect(early).toBeUndefined()
    expect((await run.settled()).kind).toBe('success')
  })

  it('fail the job if they cannot be stored', async () => {
    const scope = () => scopeWith(() => Promise.reject(new Error('refused')))

    const run = await ran(() => void currentJob().queue(), {}, { scope })

    expect(failureIn(run.settlement).text).toBe('Error: refused')
  })

  it('leave a job that failed its own failure', async () => {
    const scope = () => scopeWith(() => Promise.reject(new Error('refused')))

    const run = await ran(
      () => {
        currentJob().queue()
        throw new Error('mine')
      },
      {},
      { scope },
    )

    expect(failureIn(run.settlement).text).toBe('Error: mine')
  })
})

describe('waiting for other jobs', () => {
  it('is told to the pool, so that the slot can be lent', async () => {
    const { jobStorage } = await import('../../src/pool/job-storage.ts')

    const run = await ran(() => jobStorage.getStore()?.waiting('child', Promise.resolve()))

    expect(run.waits).toEqual(['child'])
  })
})
