import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineJoiner } from '../../src/pool/line-joiner.ts'
import { isIllFormed } from '../../src/tasks/task-name.ts'

function joined(pieces: readonly (string | Uint8Array)[], whole = false): string[] {
  const lines: string[] = []
  const joiner = new LineJoiner((line) => lines.push(line), whole)
  for (const piece of pieces) joiner.write(piece)
  joiner.end()
  return lines
}

describe('a line joiner', () => {
  it('joins pieces until a line is complete', () => {
    expect(joined(['one ', 'two', '\n', 'three\n'])).toEqual(['one two', 'three'])
  })

  it('hands on what has no end when nothing more comes', () => {
    expect(joined(['one\ntwo'])).toEqual(['one', 'two'])
    expect(joined(['one\n'])).toEqual(['one'])
    expect(joined([])).toEqual([])
  })

  it('splits what holds several lines, unless it was written at once', () => {
    expect(joined(['one\ntwo\n\nthree\n'])).toEqual(['one', 'two', '', 'three'])
    expect(joined(['one\ntwo\n\nthree\n'], true)).toEqual(['one\ntwo\n\nthree'])
  })

  it('drops the returns of line ends', () => {
    expect(joined(['one\r\ntwo\r\n'])).toEqual(['one', 'two'])
  })

  it('joins characters that come in pieces', () => {
    const bytes = Buffer.from('grüße € 語\n')

    expect(joined([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(['grüße € 語'])
    expect(joined([bytes.subarray(0, 3)])).toEqual(['gr\uFFFD'])
  })

  it('cuts what is too long at its line breaks, or anywhere, and loses nothing', () => {
    const text = Array.from({ length: 2_000 }, (_, at) => `line ${at}`).join('\n')
    const parts = joined([`${text}\n`], true)

    expect(parts.length).toBeGreaterThan(1)
    expect(parts.join('\n')).toBe(text)
    expect(joined(['x'.repeat(20_000)]).join('')).toBe('x'.repeat(20_000))
    expect(joined([`${'€😀'.repeat(5_000)}\n`]).some(isIllFormed)).toBe(false)
  })

  it('holds no more than a line may be long of what never ends', () => {
    const lengths: number[] = []
    const joiner = new LineJoiner((line) => lengths.push(line.length))
    for (let count = 0; count < 1_000; count += 1) joiner.write('x'.repeat(100))

    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(92_000)
    expect(Math.max(...lengths)).toBeLessThan(8_192)
  })

  it('gives the same lines however the text comes', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', ' ') })
    fc.assert(
      fc.property(fc.array(text), (pieces) => {
        const whole = pieces.join('')
        const expected = whole.split('\n')
        if (expected.at(-1) === '') expected.pop()
        expect(joined(pieces)).toEqual(expected)
        expect(joined(pieces.map((piece) => Buffer.from(piece)))).toEqual(expected)
      }),
    )
  })
})
