import { existsSync, readFileSync } from 'node:fs'
import { eventually } from '@taskspace/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { childrenOf } from '../../../tools/child-processes.ts'
import { runInSubprocess, type SubprocessOptions } from '../src/index.ts'
import type * as functions from './modules/functions.ts'
import { isAlive, PoolFixture } from './pool-fixture.ts'
import { SOURCES } from './sources.ts'

const TIMEOUT_MS = 60_000
const options = { module: new URL('./modules/functions.ts', import.meta.url), execArgv: SOURCES }
const fixture = new PoolFixture()

afterAll(() => fixture[Symbol.asyncDispose]())

/** The numbers of processes that a function has written down. */
const pidsIn = (file: string): readonly number[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split(' ').map(Number) : []

describe('a function that runs in a process of its own', { timeout: TIMEOUT_MS }, () => {
  it('gives its result to whoever called it, and nothing is left of the process [WQ-70]', async () => {
    const sum = await runInSubprocess<typeof functions.sum>({ ...options, name: 'sum' }, 1, 2, 3)
    const bytes = new Uint8Array(2_000_000).fill(7)
    const kinds = await runInSubprocess<typeof functions.kinds>({ ...options, name: 'kinds' }, [undefined, bytes])

    expect(sum).toBe(6)
    expect(kinds).toMatchObject({ value: [undefined, bytes], at: new Map([[1n, new Date(5)]]) })
    expect([kinds.pid === process.pid, isAlive(kinds.pid), childrenOf(process.pid)]).toEqual([false, false, []])
  })

  it('ends with its process, whatever it leaves behind there', async () => {
    const pid = await runInSubprocess<typeof functions.leaveTimer>({ ...options, name: 'leaveTimer' })

    expect(isAlive(pid)).toBe(false)
  })

  it.each<[string, object]>([
    ['throwRange', { name: 'RangeError', message: 'too far', code: 'E_FAR', by: 3 }],
    ['notSendable', { code: 'INVALID_ARGUMENT', field: 'result' }],
    ['missing', { code: 'INVALID_ARGUMENT', field: 'name' }],
    ['number', { code: 'INVALID_ARGUMENT', field: 'name' }],
    ['rejectBehind', { code: 'SUBPROCESS_FAILED', reason: 'exit-code', exitCode: 1 }],
  ])('rejects with what is the matter: %s', async (name, problem) => {
    await expect(runInSubprocess({ ...options, name })).rejects.toMatchObject(problem)
  })

  it('tells how its process ended before it did', async () => {
    const small = { ...options, execArgv: [...SOURCES, '--max-old-space-size=40'], name: 'fillHeap' }

    await expect(runInSubprocess({ ...options, name: 'exit' }, 4)).rejects.toMatchObject({
      ...{ name: 'SubprocessFailed', code: 'SUBPROCESS_FAILED', reason: 'exit-code', exitCode: 4 },
      stderr: expect.stringContaining('good bye'),
    })
    await expect(runInSubprocess(small)).rejects.toMatchObject({ reason: 'out-of-memory' })
  })

  it.each(['spin', 'spinOn'])('is ended when the signal aborts, with all that it has started: %s', async (name) => {
    const file = fixture.file()
    const aborter = new AbortController()
    const running = runInSubprocess({ ...options, name, signal: aborter.signal, grace: 200 }, file)
    await eventually(() => pidsIn(file).length === 2, { timeout: 20_000 })

    aborter.abort(new Error('enough'))

    await expect(running).rejects.toThrow('enough')
    await eventually(() => pidsIn(file).every((pid) => !isAlive(pid)))
  })

  it('is not started when the signal has aborted before', async () => {
    await expect(
      runInSubprocess({ ...options, name: 'spin', signal: AbortSignal.abort(new Error('too late')) }),
    ).rejects.toThrow('too late')
    expect(childrenOf(process.pid)).toEqual([])
  })

  it.each<[Partial<SubprocessOptions>, readonly unknown[], string]>([
    [{ module: './functions.js' }, [], 'module'],
    [{ grace: -1 }, [], 'grace'],
    [{ cwd: '/does/not/exist' }, [], 'cwd'],
    [{}, [() => 1], 'args'],
  ])('is refused %j %s', async (more, args, field) => {
    await expect(runInSubprocess({ ...options, name: 'sum', ...more }, ...args)).rejects.toMatchObject({
      ...{ code: 'INVALID_ARGUMENT', field },
    })
  })
})
