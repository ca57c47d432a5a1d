import type { RunMessage, ToWorker } from '@taskspace/core/pool'
import { describe, expect, it } from 'vitest'
import { ownedInputs, withOwnInput } from '../src/owned-buffers.ts'

function run(input: RunMessage['job']['input']): RunMessage {
  const job: RunMessage['job'] = {
    ...{ id: 'a', task: 'math.add', queue: 'default', token: 1, attempt: 1, failures: 0, crashes: 0 },
    ...{ series: 1, priority: 0, input, createdAt: 4, ahead: true },
  }
  return { kind: 'run', seq: 1, job, values: [] }
}

describe('the input of a job', () => {
  it('is handed over as a copy if it is large', () => {
    const large = new Uint8Array(100_000).fill(7)

    const message = withOwnInput(run(large)) as RunMessage

    expect(message).toEqual(run(large))
    expect(message.job.input).not.toBe(large)
    expect(ownedInputs([message])).toEqual([(message.job.input as Uint8Array).buffer])
  })

  it.each<[string, ToWorker]>([
    ['text', run('[1]')],
    ['few bytes', run(new Uint8Array(100))],
  ])('is left for structured clone if it is %s', (_, message) => {
    expect(withOwnInput(message)).toBe(message)
  })

  it('is all that is handed over', () => {
    expect(ownedInputs([{ kind: 'stop', seq: 4, reason: { kind: 'timeout', afterMs: 5 } }, run('[1]')])).toEqual([])
  })
})
