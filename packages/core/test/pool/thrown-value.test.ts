import { describe, expect, it } from 'vitest'
import { boundedText, describeThrown } from '../../src/pool/thrown-value.ts'

class KeyboardInterrupt extends Error {}

describe('describeThrown', () => {
  it('gives class and message as TYPE: message [WQ-44]', () => {
    expect(describeThrown(new RangeError('too far'))).toMatchObject({ name: 'RangeError', text: 'RangeError: too far' })
  })

  it('names the class of an error whose class has no name of its own', () => {
    expect(describeThrown(new KeyboardInterrupt()).text).toBe('KeyboardInterrupt: ')
  })

  it.each([
    [undefined, 'thrown: undefined'],
    [null, 'thrown: null'],
    ['boom', "thrown: 'boom'"],
    [12n, 'thrown: 12n'],
    [{ reason: 'no message' }, 'thrown: an object'],
    [() => 1, 'thrown: a function'],
  ])('tells of %o that it is no error', (thrown, text) => {
    expect(describeThrown(thrown)).toEqual({ name: undefined, text, stack: undefined })
  })

  it('takes an object with a message for an error', () => {
    expect(describeThrown({ name: 'Remote', message: 'gone' }).text).toBe('Remote: gone')
  })

  it('keeps a frozen error as it is', () => {
    expect(describeThrown(Object.freeze(new Error('cold'))).text).toBe('Error: cold')
  })

  it('bounds a message of a million characters to 8 KB', () => {
    const { text, stack } = describeThrown(new Error('x'.repeat(1_000_000)))

    expect(Buffer.byteLength(text)).toBe(8192)
    expect(Buffer.byteLength(stack ?? '')).toBeLessThanOrEqual(8192)
  })

  it('survives getters that throw', () => {
    const hostile = Object.defineProperties(new Error('seen'), {
      name: {
        get: () => {
          throw new Error('no name')
        },
      },
      stack: {
        get: () => {
          throw new Error('no stack')
        },
      },
    })

    expect(describeThrown(hostile)).toEqual({ name: 'Error', text: 'Error: seen', stack: undefined })
  })

  it('survives a proxy whose every trap throws', () => {
    const refuse = () => {
      throw new Error('trapped')
    }
    const hostile = new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse })

    expect(describeThrown(hostile).text).toBe('thrown: an object')
  })

  it('survives a proxy that was revoked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()

    expect(describeThrown(proxy)).toEqual({ name: undefined, text: 'thrown: an object', stack: undefined })
  })

  it('does not write out a bigint without end', () => {
    expect(describeThrown(2n ** 63n - 1n).text).toBe('thrown: 9223372036854775807n')
    expect(describeThrown(2n ** 1_000_000n).text).toBe('thrown: a bigint')
  })
})

describe('boundedText', () => {
  it('cuts between characters, not inside of one', () => {
    const text = boundedText('€'.repeat(5000))

    expect(text).toBe('€'.repeat(2730))
  })

  it('replaces half characters, which no store would give back', () => {
    expect(boundedText('a\ud800b')).toBe('a\ufffdb')
  })

  it('leaves whole emoji alone', () => {
    expect(boundedText('👍')).toBe('👍')
  })
})
