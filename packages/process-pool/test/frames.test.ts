import { Writable } from 'node:stream'
import type { FromWorker, ToWorker } from '@taskspace/core/pool'
import { describe, expect, it } from 'vitest'
import { FrameReader, writeFrames } from '../src/frames.ts'

type Message = FromWorker | ToWorker

/** What goes through a pipe for these messages. */
function sent(batch: readonly Message[]): Buffer {
  const chunks: Buffer[] = []
  const pipe = new Writable({
    write: (chunk: Buffer, _, written) => {
      chunks.push(chunk)
      written()
    },
  })
  writeFrames(pipe, batch)
  return Buffer.concat(chunks)
}

/** What arrives of it, in pieces of that many bytes. */
function received(bytes: Buffer, size: number): readonly Message[] {
  const messages: Message[] = []
  const reader = new FrameReader<Message>((batch) => messages.push(...batch))
  for (let from = 0; from < bytes.byteLength; from += size) reader.push(bytes.subarray(from, from + size))
  return messages
}

const done = (seq: number, value: string | Uint8Array): Message => {
  return { kind: 'done', seq, settlement: { kind: 'success', id: `job-${seq}`, token: 1, value } }
}

const run = (seq: number, input: string | Uint8Array): Message => {
  const job = { id: `job-${seq}`, task: 'a', queue: 'q', token: 1, attempt: 1, failures: 0, crashes: 0, series: 1 }
  return { kind: 'run', seq, job: { ...job, priority: 0, input, createdAt: 1, ahead: false }, values: [] }
}

function payloadOf(message: Message | undefined): string | Uint8Array {
  if (message?.kind === 'run') return message.job.input
  if (message?.kind === 'done' && message.settlement.kind === 'success') return message.settlement.value
  return expect.fail('it is neither a job nor a result')
}

function bytesOf(message: Message | undefined): Uint8Array {
  const payload = payloadOf(message)
  return typeof payload === 'string' ? expect.fail('it is text') : payload
}

function sizeOf(message: Message): number {
  return payloadOf(message).length
}

describe('frames', () => {
  it('give the messages back in their order, however they are cut', () => {
    const batch = [done(1, '"€"'), done(2, new Uint8Array([0, 255])), done(3, 'x'.repeat(20_000)), done(4, '5')]
    const bytes = sent(batch)

    for (const size of [1, 7, 4096, bytes.byteLength]) expect(received(bytes, size)).toEqual(batch)
  })

  it('are one for results and what was worked, which come together each time', () => {
    const batch = [done(1, '"€"'), done(2, '5'), { kind: 'worked', jobs: 2, ms: 0.25 } as const]
    const bytes = sent(batch)

    expect(bytes.readUInt32LE(0)).toBe(bytes.byteLength - 5)
    expect(received(bytes, 7)).toEqual(batch)
  })

  it('keep what JSON cannot say', () => {
    const batch: readonly Message[] = [
      { kind: 'answer', ask: 1, value: [undefined, new Map([['default', 1]]), Number.POSITIVE_INFINITY] },
      { kind: 'done', seq: 1, settlement: { kind: 'success', id: 'a', token: 1, value: '1', resultTtlMs: Infinity } },
    ]

    expect(received(sent(batch), 64)).toEqual(batch)
  })

  it('may be large', () => {
    const large = new Uint8Array(300_000).fill(7)

    const [first, second] = received(sent([done(1, large), done(2, '1')]), 65_536)

    const value = first?.kind === 'done' && first.settlement.kind === 'success' ? first.settlement.value : ''
    expect(Buffer.compare(Buffer.from(value), large)).toBe(0)
    expect(second).toEqual(done(2, '1'))
  })

  it('carry many bytes as they are, each message in memory of its own', () => {
    const input = Buffer.alloc(100_000, 5)
    const batch = [run(1, input), done(2, new Uint8Array(70_000).fill(7)), run(3, '[1]'), done(4, '1')]

    const messages = received(sent(batch), 65_536)

    expect(messages.map(sizeOf)).toEqual([100_000, 70_000, 3, 1])
    expect(Buffer.compare(bytesOf(messages[0]), input)).toBe(0)
    expect(bytesOf(messages[1]).buffer.byteLength).toBeLessThan(71_000)
    expect(messages.slice(2)).toEqual(batch.slice(2))
  })

  it('are refused when their bytes are not all there', () => {
    const bytes = sent([done(1, new Uint8Array(100_000))])
    bytes.writeUInt32LE(200_000, 5)

    expect(() => received(bytes, 65_536)).toThrow(Error)
  })

  it('are refused when they are none', () => {
    expect(() => received(Buffer.from('this is no message'), 100)).toThrow(RangeError)
  })
})
