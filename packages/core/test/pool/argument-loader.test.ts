import { describe, expect, it } from 'vitest'
import type { ClaimedValue, ValueRef } from '../../src/backend/claim.ts'
import type { ValueChunk } from '../../src/backend/task-queue.ts'
import { BackendUnavailable } from '../../src/errors/backend-errors.ts'
import { MalformedPayload, PayloadTooLarge } from '../../src/errors/usage-errors.ts'
import { ArgumentLoader } from '../../src/pool/argument-loader.ts'
import { ManualClock } from '../client/manual-clock.ts'
import { ScriptedQueue } from './fakes/scripted-queue.ts'

class StoredValues extends ScriptedQueue {
  readonly reads: string[] = []
  readonly values = new Map<string, { readonly kind: 'text' | 'bytes'; readonly bytes: Uint8Array }>()
  failures: Error[] = []

  override async readValue({ id }: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    this.reads.push(`${id} ${offset}`)
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    const value = this.values.get(id)
    if (value === undefined) return undefined
    return { kind: value.kind, size: value.bytes.byteLength, bytes: value.bytes.subarray(offset, offset + length) }
  }
}

function setUp(limitBytes = 1_000_000_000) {
  const queue = new StoredValues()
  const clock = new ManualClock()
  const closing = new AbortController()
  return { queue, clock, closing, loader: new ArgumentLoader({ queue, clock, limitBytes, closing: closing.signal }) }
}

const large = (id: string, size: number): ClaimedValue => ({ kind: 'large', ref: { id, series: 1 }, size })
const inline: ClaimedValue = { kind: 'value', payload: '"here"' }

describe('ArgumentLoader', () => {
  it('reads large values in chunks, and leaves the others as they are', async () => {
    const { queue, loader } = setUp()
    const text = '€'.repeat(200_000)
    queue.values.set('text', { kind: 'text', bytes: Buffer.from(text) })
    queue.values.set('bytes', { kind: 'bytes', bytes: new Uint8Array(300_000).fill(7) })

    const [first, second, third] = await loader.load([large('text', 600_000), inline, large('bytes', 300_000)])

    expect(first).toEqual({ kind: 'value', payload: text })
    expect(second).toBe(inline)
    expect(third).toMatchObject({ kind: 'value', payload: expect.objectContaining({ byteLength: 300_000 }) })
    expect(queue.reads.filter((read) => read.startsWith('text'))).toEqual(['text 0', 'text 262144', 'text 524288'])
  })

  it('reads a value once that several jobs need at the same time', async () => {
    const { queue, loader } = setUp()
    queue.values.set('a', { kind: 'text', bytes: Buffer.from('"x"') })

    await Promise.all([loader.load([large('a', 3)]), loader.load([large('a', 3)])])

    expect(queue.reads).toEqual(['a 0'])
  })

  it('waits while the backend is away', async () => {
    const { queue, clock, loader } = setUp()
    queue.values.set('a', { kind: 'text', bytes: Buffer.from('"x"') })
    queue.failures = [new BackendUnavailable('away', 'rejected'), new BackendUnavailable('away', 'rejected')]
    const loading = loader.load([large('a', 3)])

    await clock.advance(10_000)

    expect(await loading).toEqual([{ kind: 'value', payload: '"x"' }])
  })

  it('stops waiting when its pool stops', async () => {
    const { queue, clock, closing, loader } = setUp()
    queue.failures = [new BackendUnavailable('away', 'rejected')]
    const loading = loader.load([large('a', 3)])
    const failed = expect(loading).rejects.toMatchObject({ code: 'CLOSED' })

    await clock.advance(0)
    closing.abort()

    await failed
  })

  it('says which value is gone', async () => {
    const { loader } = setUp()

    await expect(loader.load([large('gone', 3)])).rejects.toThrow(MalformedPayload)
    await expect(loader.load([large('gone', 3)])).rejects.toThrow('the result of job gone')
  })

  it('refuses what takes more than a job may have together', () => {
    const { loader } = setUp(1_000)

    expect(() => loader.check([large('a', 600), large('b', 600)])).toThrow(PayloadTooLarge)
    expect(() => loader.check([large('a', 600), inline])).not.toThrow()
  })
})
