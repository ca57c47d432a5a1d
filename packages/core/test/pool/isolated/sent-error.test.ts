import { describe, expect, it } from 'vitest'
import { BackendUnavailable, SessionUnknown } from '../../../src/errors/backend-errors.ts'
import { LeaseLost, WouldDeadlock } from '../../../src/errors/job-errors.ts'
import { receivedError, sentError } from '../../../src/pool/isolated/sent-error.ts'

const travelled = (thrown: unknown): Error => receivedError(structuredClone(sentError(thrown)))

describe('an error that travels between a worker and its host', () => {
  it.each([
    new BackendUnavailable('away', 'rejected'),
    new SessionUnknown('s-1'),
    new LeaseLost('job-1'),
    new WouldDeadlock('job-2'),
  ])('is one of the same class if the library goes by it: $name', (error) => {
    const received = travelled(error)

    expect(received).toBeInstanceOf(error.constructor)
    expect(received).toEqual(error)
  })

  it('keeps its name, code, text, stack and plain fields if it is any other', () => {
    const error = Object.assign(new RangeError('too far'), { code: 'E_FAR', distance: 5, deep: { no: 1 } })

    const received = travelled(error)

    expect(received).toMatchObject({
      name: 'RangeError',
      message: 'too far',
      code: 'E_FAR',
      distance: 5,
      stack: error.stack,
    })
    expect(received).not.toHaveProperty('deep')
  })

  it('may be anything that can be thrown', () => {
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('trap')
      },
    })

    for (const thrown of [undefined, null, 'text', 5, Symbol('s'), Object.create(null), hostile]) {
      expect(travelled(thrown)).toBeInstanceOf(Error)
    }
  })

  it('is not larger than it needs to be', () => {
    const error = new Error('x'.repeat(1_000_000))

    expect(JSON.stringify(sentError(error)).length).toBeLessThan(40_000)
  })
})
