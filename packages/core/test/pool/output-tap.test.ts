import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type JobContextLike, jobStorage } from '../../src/pool/job-storage.ts'
import { tapOutput } from '../../src/pool/output-tap.ts'

const original = process.stdout.write
const passedOn: unknown[][] = []
const told: unknown[][] = []
const job = { wrote: (...what: unknown[]) => told.push(what) } as unknown as JobContextLike
const written = (...args: unknown[]): boolean => {
  passedOn.push(args)
  return true
}

beforeEach(() => {
  passedOn.splice(0)
  told.splice(0)
  process.stdout.write = written as typeof process.stdout.write
})

afterEach(() => {
  process.stdout.write = original
})

describe('tapped outputs', () => {
  it('tell the job that wrote, and write all the same', () => {
    const untap = tapOutput()
    process.stdout.write('outside')
    jobStorage.run(job, () => process.stdout.write('inside'))
    untap()

    expect(told).toEqual([['stdout', 'inside']])
    expect(passedOn.map(([chunk]) => chunk)).toEqual(['outside', 'inside'])
  })

  it('hand on encodings and callbacks, and know bytes in whatever form', () => {
    const untap = tapOutput()
    const callback = (): void => undefined
    jobStorage.run(job, () => {
      process.stdout.write('text', callback)
      process.stdout.write('text', 'utf8', callback)
      process.stdout.write('c3bc', 'hex')
      process.stdout.write(Uint8Array.of(1, 2))
    })
    untap()

    expect(told.map(([, chunk]) => (typeof chunk === 'string' ? chunk : [...(chunk as Uint8Array)]))).toEqual([
      'text',
      'text',
      [0xc3, 0xbc],
      [1, 2],
    ])
    expect(passedOn.slice(0, 3)).toEqual([
      ['text', callback],
      ['text', 'utf8', callback],
      ['c3bc', 'hex'],
    ])
  })

  it('are left as they were when the last one has no use for them', () => {
    const [first, second] = [tapOutput(), tapOutput()]
    first()
    first()
    jobStorage.run(job, () => process.stdout.write('still'))
    second()
    jobStorage.run(job, () => process.stdout.write('no more'))

    expect(told).toEqual([['stdout', 'still']])
    expect(process.stdout.write).toBe(written)
  })

  it('let stand what others have put on top, and tell nothing any more', () => {
    const untap = tapOutput()
    const beneath = process.stdout.write
    const theirs = function (this: unknown, ...args: Parameters<typeof beneath>): boolean {
      return Reflect.apply(beneath, this, args)
    } as typeof beneath
    process.stdout.write = theirs
    untap()

    jobStorage.run(job, () => process.stdout.write('later'))

    expect(process.stdout.write).toBe(theirs)
    expect([told, passedOn.length]).toEqual([[], 1])
  })
})
