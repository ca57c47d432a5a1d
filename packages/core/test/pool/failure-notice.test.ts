import { describe, expect, it } from 'vitest'
import type { Settlement } from '../../src/backend/settlement.ts'
import type { FailureKind } from '../../src/errors/failure-record.ts'
import { isTaskFailure } from '../../src/errors/task-failure.ts'
import { FailureNotice } from '../../src/pool/failure-notice.ts'
import type { FailedJob } from '../../src/pool/pool-options.ts'
import { RecordedRun } from './fakes/recorded-run.ts'
import { recordingLogger } from './fakes/recording-logger.ts'

const failure = (kind: FailureKind, id = 'job-1') =>
  ({ kind, code: 'TASK_FAILED', task: 'task', queue: 'default', id, text: 'what happened', group: 'g' }) as const
const failed = (kind: FailureKind, id?: string): Settlement => ({
  kind: 'failure',
  id: 'job-1',
  token: 7,
  failure: failure(kind, id),
})
const retried: Settlement = { kind: 'retry', id: 'job-1', token: 7, delayMs: 0, failure: failure('exception') }

function setUp(onException?: (error: unknown, job: FailedJob) => unknown) {
  const { logger, lines } = recordingLogger()
  return { lines, notice: new FailureNotice(logger, onException), run: new RecordedRun() }
}

describe('FailureNotice', () => {
  it('logs an expected failure as information, and calls nobody [PT-14]', () => {
    let calls = 0
    const { lines, notice, run } = setUp(() => {
      calls += 1
    })

    notice.tell(run, failed('error'), new Error('x'))

    expect(lines).toEqual(['info task [default:job-1] what happened'])
    expect(calls).toBe(0)
  })

  it('logs an unexpected one as a warning, and calls onException with what was thrown [PT-06, PT-14]', () => {
    const seen: unknown[] = []
    const { lines, notice, run } = setUp((error, job) => seen.push(error, job))
    const error = new Error('x')

    notice.tell(run, failed('exception'), error)

    expect(lines).toEqual(['warn task [default:job-1] what happened'])
    expect(seen).toEqual([error, { id: 'job-1', name: 'task', queue: 'default', attempt: 1, retried: false }])
  })

  it('logs the frames of a stack below the line, which has its text already', () => {
    const warned: unknown[][] = []
    const { logger } = recordingLogger()
    const notice = new FailureNotice({ ...logger, warn: (...parts) => warned.push(parts) }, undefined)
    const record = { ...failure('exception'), text: 'Error: no', stack: 'Error: no\n    at task (file.ts:1:1)' }

    notice.tell(new RecordedRun(), { kind: 'failure', id: 'job-1', token: 7, failure: record }, undefined)

    expect(warned).toEqual([['task [default:job-1] Error: no', '\n    at task (file.ts:1:1)']])
  })

  it('calls onException with a TaskFailure where what was thrown is not at hand', () => {
    const seen: unknown[] = []
    const { notice, run } = setUp((error) => seen.push(error))

    notice.tell(run, failed('timeout'), undefined)

    expect(isTaskFailure(seen[0])).toBe(true)
  })

  it('says when the job will run again', () => {
    const seen: FailedJob[] = []
    const { lines, notice, run } = setUp((_error, job) => seen.push(job))

    notice.tell(run, retried, new Error('x'))

    expect(lines[0]).toContain('it will run again')
    expect(seen[0]?.retried).toBe(true)
  })

  it('says nothing of a failure that another job told', () => {
    const { lines, notice, run } = setUp()

    notice.tell(run, failed('exception', 'another'), undefined)

    expect(lines).toEqual([])
  })

  it('tells of an unknown task once', () => {
    const { lines, notice, run } = setUp()
    const unknown: Settlement = { kind: 'unknown-task', id: 'job-1', token: 7, failure: failure('no-such-task') }

    notice.tell(run, unknown, undefined)
    notice.tell(run, unknown, undefined)

    expect(lines).toEqual(['warn task: what happened'])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('bad handler')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('bad handler')
      },
    ],
  ])('logs what an onException %s', async (_, handler) => {
    const { lines, notice, run } = setUp(handler)

    notice.tell(run, failed('exception'), new Error('x'))
    await new Promise(setImmediate)

    expect(lines).toContain('error onException failed')
  })
})
