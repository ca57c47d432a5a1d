import { describe, expect, it } from 'vitest'
import type { FromWorker, RunMessage, ToWorker } from '../../../src/pool/isolated/messages.ts'
import {
  packedFromWorker,
  packedToWorker,
  unpackedFromWorker,
  unpackedToWorker,
} from '../../../src/pool/isolated/packed-messages.ts'

const job: RunMessage['job'] = {
  ...{ id: 'a', task: 'math.add', queue: 'default', token: 2 ** 52, attempt: 1, failures: 2, crashes: 0 },
  ...{ series: 1, priority: -3, input: '[1]', createdAt: 4, ahead: true },
}
const rare = { args: [0, 1], run: { timeoutMs: 5 }, ignoreResult: true, tags: ['x'], meta: '{}' } as const
const failure = { kind: 'error', text: 'no' } as never

const toWorker: readonly [string, ToWorker][] = [
  ['a job', { kind: 'run', seq: 1, job, values: [] }],
  ['a job ahead of its turn', { kind: 'run', seq: 2, startBy: 0, job: { ...job, ahead: false }, values: [] }],
  [
    'a job with all that a job can have',
    { kind: 'run', seq: 3, job: { ...job, ...rare }, values: [{ kind: 'value', payload: new Uint8Array([1]) }] },
  ],
  ['a job with a little of it', { kind: 'run', seq: 3, job: { ...job, tags: [] }, values: [] }],
  ['an order to stop', { kind: 'stop', seq: 4, reason: { kind: 'timeout', afterMs: 5 } }],
  ['an answer that is a list', { kind: 'answer', ask: 1, value: [1, undefined] }],
]
const fromWorker: readonly [string, FromWorker][] = [
  ['a success', { kind: 'done', seq: 1, settlement: { kind: 'success', id: 'a', token: 7, value: 'u' } }],
  [
    'a success that is kept for no time',
    { kind: 'done', seq: 1, settlement: { kind: 'success', id: 'a', token: 7, value: 'u', resultTtlMs: 0 } },
  ],
  [
    'a failure',
    {
      kind: 'done',
      seq: 2,
      settlement: { kind: 'failure', id: 'a', token: 7, failure },
      error: { name: 'Error', message: 'no' },
    },
  ],
  ['a job given back', { kind: 'done', seq: 2, settlement: { kind: 'return', id: 'a', token: 7 } }],
  ['what was worked', { kind: 'worked', jobs: 2, ms: 0.5 }],
  ['a job not started', { kind: 'skipped', seq: 3 }],
]

describe('messages between a worker and its host', () => {
  it.each(toWorker)('arrive as they were sent: %s', (_, message) => {
    expect(unpackedToWorker(structuredClone(packedToWorker(message)))).toStrictEqual(message)
  })

  it.each(toWorker.slice(0, 2))('arrive as they were sent as JSON: %s', (_, message) => {
    expect(unpackedToWorker(JSON.parse(JSON.stringify(packedToWorker(message))))).toStrictEqual(message)
  })

  it.each(fromWorker)('come back as they were sent: %s', (_, message) => {
    expect(unpackedFromWorker(structuredClone(packedFromWorker(message)))).toStrictEqual(message)
  })
})
