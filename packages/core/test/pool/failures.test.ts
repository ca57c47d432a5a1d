import { describe, expect, it } from 'vitest'
import { nonRetryable, TaskError } from '../../src/errors/task-error.ts'
import { task } from '../../src/tasks/task.ts'
import { codec } from './fakes/recorded-run.ts'
import { failureIn, ran } from './fakes/runner.ts'

describe('a task that throws', () => {
  it('fails with TYPE: message, its stack and its group [WQ-44, RW-37]', async () => {
    const run = await ran(() => {
      throw new RangeError('fail!')
    })

    expect(run.settlement?.kind).toBe('failure')
    expect(failureIn(run.settlement)).toMatchObject({
      ...{ kind: 'exception', code: 'TASK_FAILED', task: 'task', queue: 'default', id: 'job-1', token: 7 },
      ...{ text: 'RangeError: fail!', group: 'task:RangeError' },
    })
    expect(failureIn(run.settlement).stack).toContain('failures.test.ts')
  })

  it('fails alike if it rejects', async () => {
    const run = await ran(async () => {
      throw new RangeError('fail!')
    })

    expect(failureIn(run.settlement).text).toBe('RangeError: fail!')
  })

  it('hands on what was thrown', async () => {
    const error = new Error('mine')

    const run = await ran(() => {
      throw error
    })

    expect(run.error).toBe(error)
  })

  it.each([
    ['undefined', undefined, 'thrown: undefined'],
    ['a frozen object', Object.freeze({ message: 'cold' }), 'Error: cold'],
    ['a string', 'boom', "thrown: 'boom'"],
  ])('fails if it throws %s', async (_, thrown, text) => {
    const run = await ran(() => {
      throw thrown
    })

    expect(failureIn(run.settlement)).toMatchObject({ kind: 'exception', text })
  })

  it('fails if what it throws throws when it is looked at', async () => {
    const refuse = () => {
      throw new Error('trapped')
    }
    const hostile = new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse })

    const run = await ran(() => {
      throw hostile
    })

    expect(failureIn(run.settlement).kind).toBe('exception')
  })

  it('fails if what it returns throws when it is looked at', async () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trapped')
        },
      },
    )

    const run = await ran(() => hostile)

    expect(failureIn(run.settlement).text).toContain('trapped')
  })

  it('stores an interrupt-like error as a failure and goes on [WQ-45]', async () => {
    class KeyboardInterrupt extends Error {}

    const run = await ran(() => {
      throw new KeyboardInterrupt()
    })

    expect(failureIn(run.settlement).text).toBe('KeyboardInterrupt: ')
  })
})

describe('a TaskError', () => {
  it('is an expected failure: its message, no stack, no retry [PT-14]', async () => {
    const run = await ran(
      task({ retries: 5 }, () => {
        throw new TaskError('no such user')
      }),
    )

    expect(run.settlement?.kind).toBe('failure')
    expect(failureIn(run.settlement)).toMatchObject({ kind: 'error', text: 'no such user', group: 'task:TaskError' })
    expect(failureIn(run.settlement).stack).toBeUndefined()
  })

  it('carries its details and group', async () => {
    const run = await ran(() => {
      throw new TaskError('no', { details: { user: 5 }, group: 'users' })
    })

    const { details, group } = failureIn(run.settlement)
    expect(codec.decode(details ?? '')).toEqual({ user: 5 })
    expect(group).toBe('users')
  })

  it('says so if its details cannot be sent', async () => {
    const run = await ran(() => {
      throw new TaskError('no', { details: () => 1 })
    })

    expect(failureIn(run.settlement).details).toBeUndefined()
    expect(failureIn(run.settlement).text).toMatch(/^no \(NotSerializable: details/)
  })

  it('may have a message of a million characters', async () => {
    const run = await ran(() => {
      throw new TaskError('x'.repeat(1_000_000))
    })

    expect(Buffer.byteLength(failureIn(run.settlement).text)).toBe(8192)
  })
})

describe('retries', () => {
  const fails = () => {
    throw new Error('again')
  }

  it('run a job again after its back-off while it has some left', async () => {
    const run = await ran(task({ retries: 2, backoff: '3s' }, fails), { failures: 1 })

    expect(run.settlement).toMatchObject({ kind: 'retry', id: 'job-1', token: 7, delayMs: 3000 })
    expect(failureIn(run.settlement).text).toBe('Error: again')
  })

  it('end with the last failure', async () => {
    const run = await ran(task({ retries: 2 }, fails), { failures: 2 })

    expect(run.settlement?.kind).toBe('failure')
    expect(failureIn(run.settlement).kind).toBe('exception')
  })

  it('are none by default', async () => {
    const run = await ran(fails)

    expect(run.settlement?.kind).toBe('failure')
  })

  it('go by what was given with the call, not by the task', async () => {
    const run = await ran(task({ retries: 0, backoff: '3s' }, fails), {
      run: { retries: 1, backoff: { type: 'exponential', delayMs: 10 } },
    })

    expect(run.settlement).toMatchObject({ kind: 'retry', delayMs: 10 })
  })

  it('take the delay from a function of the failed attempt and the error', async () => {
    const seen: unknown[] = []
    const backoff = (attempt: number, error: unknown) => {
      seen.push(attempt, (error as Error).message)
      return attempt * 100
    }

    const run = await ran(task({ retries: 5, backoff }, fails), { failures: 2 })

    expect(seen).toEqual([3, 'again'])
    expect(run.settlement).toMatchObject({ kind: 'retry', delayMs: 300 })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('bad back-off')
      },
      'bad back-off',
    ],
    ['gives no duration', () => -1, 'is not a duration'],
  ])('fail the job if the back-off function %s', async (_, backoff, text) => {
    const run = await ran(task({ retries: 5, backoff }, fails))

    expect(run.settlement?.kind).toBe('failure')
    expect(failureIn(run.settlement).text).toMatch(/^Error: again \(no retry/)
    expect(failureIn(run.settlement).text).toContain(text)
  })

  it('are not spent on an error marked as non-retryable', async () => {
    const run = await ran(
      task({ retries: 5 }, () => {
        throw nonRetryable(new Error('final'))
      }),
    )

    expect(run.settlement?.kind).toBe('failure')
  })
})
