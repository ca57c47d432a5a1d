import { describe, expect, it } from 'vitest'
import { currentJob } from '../../src/current-job.ts'
import { HOME } from '../../src/deferred/home.ts'
import { DEFERRED } from '../../src/deferred-brand.ts'
import { isTaskFailure, TaskFailure } from '../../src/errors/task-failure.ts'
import { jobStorage } from '../../src/pool/job-storage.ts'
import { task } from '../../src/tasks/task.ts'
import { codec, RecordedRun } from './fakes/recorded-run.ts'
import { failureIn, ran, runnerOf, valueIn } from './fakes/runner.ts'
import { schema } from './fakes/schema.ts'

describe('a job that succeeds', () => {
  it('has reported when start returns, if its task is synchronous', () => {
    const run = new RecordedRun({ input: [2, 3] })

    runnerOf({ task: (a: number, b: number) => a * b }).start(run)

    expect(valueIn(run.settlement)).toBe(6)
    expect(run.settlement).toMatchObject({ id: 'job-1', token: 7 })
  })

  it('waits for the promise of an asynchronous task', async () => {
    const run = await ran(async (name: string) => ({ hello: name }), { input: ['world'] })

    expect(valueIn(run.settlement)).toEqual({ hello: 'world' })
  })

  it('waits for a thenable that is no promise', async () => {
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    const run = await ran(() => ({ then: (resolve: (value: string) => void) => resolve('later') }))

    expect(valueIn(run.settlement)).toBe('later')
  })

  it('stores undefined for a task that returns nothing', async () => {
    const run = await ran(() => undefined)

    expect(valueIn(run.settlement)).toBeUndefined()
  })

  it('calls the task without a this', async () => {
    const run = await ran(function (this: unknown) {
      return this === undefined
    })

    expect(valueIn(run.settlement)).toBe(true)
  })

  it('reports once', async () => {
    const run = await ran(async () => 1)

    expect(run.reportCount).toBe(1)
  })

  it('carries the life of the result where the task has one', async () => {
    const run = await ran(task({ resultTtl: '5m' }, () => 1))

    expect(run.settlement).toMatchObject({ resultTtlMs: 300_000 })
  })

  it('runs outside the job what follows it', async () => {
    await ran(() => currentJob().id)

    expect(jobStorage.getStore()).toBeUndefined()
  })
})

describe('arguments', () => {
  it('fills holes with the values of other jobs', async () => {
    const { payload } = codec.encodeArguments([[{ [DEFERRED]: true, id: 'a' }, 2]])
    const run = new RecordedRun({ values: [{ kind: 'value', payload: codec.encode(40) }] })
    Object.assign(run.job, { input: payload })

    runnerOf({ task: ([a, b]: number[]) => (a ?? 0) + (b ?? 0) }).start(run)

    expect(valueIn(run.settlement)).toBe(42)
  })

  it('hands a failure over as a TaskFailure, with its details [WQ-34]', async () => {
    const failure = {
      ...{
        kind: 'error' as const,
        code: 'TASK_FAILED',
        task: 'zero',
        queue: 'default',
        id: 'a',
        text: 'no',
        group: 'g',
      },
      details: codec.encode({ code: 5 }),
    } as const
    const { payload } = codec.encodeArguments([{ [DEFERRED]: true, id: 'a' }])
    const run = new RecordedRun({ values: [{ kind: 'failure', failure }] })
    Object.assign(run.job, { input: payload })

    runnerOf({ task: (value: unknown) => isTaskFailure(value) && [value.message, value.details] }).start(run)

    expect(valueIn(run.settlement)).toEqual(['zero [default:a] no', { code: 5 }])
  })

  it('fails a job whose message cannot be decoded as invalid-input', () => {
    const run = new RecordedRun()
    Object.assign(run.job, { input: '[1,' })

    runnerOf({ task: () => 1 }).start(run)

    expect(failureIn(run.settlement)).toMatchObject({ kind: 'invalid-input', group: 'task:MalformedPayload' })
  })

  it('gives the task what its input schema makes of the argument', async () => {
    const run = await ran(
      task({ input: schema<string, number>((text) => Number(text)) }, (n: number) => n + 1),
      {
        input: ['41'],
      },
    )

    expect(valueIn(run.settlement)).toBe(42)
  })

  it('waits for an asynchronous input schema', async () => {
    const run = await ran(
      task({ input: schema<string, number>(async (text) => Number(text)) }, (n: number) => n + 1),
      {
        input: ['41'],
      },
    )

    expect(valueIn(run.settlement)).toBe(42)
  })

  it.each([
    [
      'synchronous',
      schema<string, string>(() => {
        throw new Error('unused')
      }, 'too short'),
    ],
    [
      'asynchronous',
      schema<string, string>(async () => {
        throw new Error('unused')
      }, 'too short'),
    ],
  ])('fails as invalid-input what a(n) %s schema refuses, without calling the task [RW-19]', async (_, input) => {
    let called = false

    const run = await ran(
      task({ input, retries: 3 }, () => {
        called = true
      }),
      { input: ['x'] },
    )

    expect(run.settlement?.kind).toBe('failure')
    expect(failureIn(run.settlement)).toMatchObject({ kind: 'invalid-input' })
    expect(failureIn(run.settlement).text).toContain('too short')
    expect(called).toBe(false)
  })
})

describe('results', () => {
  it('stores what the output schema makes of the result', async () => {
    const run = await ran(task({ output: schema<number, string>((n) => `${n}!`) }, () => 4))

    expect(valueIn(run.settlement)).toBe('4!')
  })

  it('waits for an asynchronous output schema', async () => {
    const run = await ran(task({ output: schema<number, string>(async (n) => `${n}!`) }, () => 4))

    expect(valueIn(run.settlement)).toBe('4!')
  })

  it('fails as invalid-output what the output schema refuses', async () => {
    const run = await ran(task({ output: schema<number, number>((n) => n, 'not even') }, () => 5))

    expect(failureIn(run.settlement)).toMatchObject({ kind: 'invalid-output' })
    expect(failureIn(run.settlement).text).toContain('not even')
  })

  it.each([
    ['a function', () => () => 1],
    ['a class instance', () => new (class Thing {})()],
    ['a Deferred inside an object', () => ({ part: { [DEFERRED]: true, id: 'x' } })],
  ])('fails as invalid-output a result that is %s', async (_, fn) => {
    const run = await ran(fn)

    expect(failureIn(run.settlement)).toMatchObject({ kind: 'invalid-output', group: 'task:NotSerializable' })
    expect(failureIn(run.settlement).text).toMatch(/^NotSerializable: result/)
  })

  it('fails with a TaskFailure that the task returns, which goes on naming its job [WQ-34]', async () => {
    const failure = new TaskFailure({
      task: 'zero',
      queue: 'q',
      id: 'z',
      text: 'Error: no',
      kind: 'exception',
      details: [1],
    })

    const run = await ran(async () => failure)

    expect(failureIn(run.settlement)).toMatchObject({ task: 'zero', queue: 'q', id: 'z', text: 'Error: no', token: 7 })
    expect(run.settlement?.kind).toBe('failure')
  })
})

describe('a task that returns a Deferred', () => {
  const target = (enqueued: () => Promise<unknown>, url = 'memory:test') => ({
    [DEFERRED]: true,
    [HOME]: { url, namespace: 'taskspace', ignoresResult: false },
    id: 'child',
    enqueued,
  })

  it('forwards to its job once that is stored', async () => {
    let stored!: () => void
    const enqueued = new Promise<void>((resolve) => {
      stored = resolve
    })
    const run = new RecordedRun()
    runnerOf({ task: () => target(() => enqueued) }).start(run)

    const before = run.settlement
    stored()

    expect(before).toBeUndefined()
    expect(await run.settled()).toEqual({ kind: 'forward', id: 'job-1', token: 7, to: 'child' })
  })

  it('forwards as well when it is promised', async () => {
    const run = await ran(async () => target(() => Promise.resolve()))

    expect(run.settlement).toMatchObject({ kind: 'forward', to: 'child' })
  })

  it('does not apply the output schema to it', async () => {
    const output = schema<unknown, never>(() => {
      throw new Error('unused')
    }, 'refused')

    const run = await ran(task({ output }, () => target(() => Promise.resolve()) as never))

    expect(run.settlement?.kind).toBe('forward')
  })

  it('fails with the error of an enqueue that failed', async () => {
    const run = await ran(() => target(() => Promise.reject(new Error('taken'))))

    expect(failureIn(run.settlement)).toMatchObject({ kind: 'exception', text: 'Error: taken' })
  })

  it('fails as invalid-output if it is of another store', async () => {
    const run = await ran(() => target(() => Promise.resolve(), 'memory:other'))

    expect(failureIn(run.settlement)).toMatchObject({ kind: 'invalid-output', group: 'task:ForeignDeferred' })
  })
})

describe('a job of an unknown task', () => {
  it('leaves it to the backend whether another pool has it, with a failure that says what this one has [PT-15]', () => {
    const run = new RecordedRun({ task: 'shop.pay' })

    runnerOf({ 'math.add': () => 1, text: () => 2 }).start(run)

    expect(run.settlement?.kind).toBe('unknown-task')
    expect(failureIn(run.settlement)).toMatchObject({
      kind: 'no-such-task',
      text: "no such task (this pool exposes math, text; is another application using namespace 'taskspace'?)",
    })
  })
})

describe('policies', () => {
  it('tell the backend of every task, and of its crashes where they differ', () => {
    const runner = runnerOf({ plain: () => 1, once: task({ maxCrashes: 1 }, () => 2) })

    expect(runner.policies()).toEqual({ plain: undefined, once: { maxCrashes: 1 } })
  })
})
