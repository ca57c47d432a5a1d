import { describe, expect, it } from 'vitest'
import { abandoned } from '../../../src/pool/isolated/abandoned.ts'
import type { TaskNote } from '../../../src/pool/isolated/messages.ts'
import { codec, RecordedRun, type RunParts } from '../fakes/recorded-run.ts'

const TIMEOUT = { kind: 'timeout', afterMs: 500 } as const
const note: TaskNote = { maxCrashes: 3, retries: 2, backoff: { type: 'fixed', delayMs: 70 } }
const jobOf = (parts: RunParts = {}) => new RecordedRun(parts).job

describe('a job whose worker had to be ended', () => {
  it('goes back unless its time was over', () => {
    expect(abandoned(jobOf(), { kind: 'stopping' }, note, codec).kind).toBe('return')
    expect(abandoned(jobOf(), { kind: 'canceled', text: 'no' }, note, codec).kind).toBe('return')
  })

  it('is retried after its back-off if its time was over and it has retries', () => {
    expect(abandoned(jobOf(), TIMEOUT, note, codec)).toMatchObject({
      ...{ kind: 'retry', delayMs: 70, failure: { kind: 'timeout', text: 'timeout: ran longer than 500 ms' } },
    })
    expect(abandoned(jobOf({ failures: 2 }), TIMEOUT, note, codec).kind).toBe('failure')
  })

  it('takes the options of the call rather than of the task', () => {
    const run = { retries: 0 }

    expect(abandoned(jobOf({ run }), TIMEOUT, note, codec).kind).toBe('failure')
  })

  it('is retried as the function said that the worker asked beforehand, the last answer for all later ones', () => {
    const asked: TaskNote = { maxCrashes: 3, retries: 9, delays: [10, 20] }
    const delays = [0, 1, 5].map((failures) => abandoned(jobOf({ failures }), TIMEOUT, asked, codec))

    expect(delays).toMatchObject([{ delayMs: 10 }, { delayMs: 20 }, { delayMs: 20 }])
  })

  it('fails if its task is not known any more, or its function gave no delay', () => {
    expect(abandoned(jobOf(), TIMEOUT, undefined, codec).kind).toBe('failure')
    expect(abandoned(jobOf(), TIMEOUT, { maxCrashes: 3, retries: 9, delays: [] }, codec).kind).toBe('failure')
  })
})
