import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_JOURNAL_LINE_BYTES } from '../../src/backend/limits.ts'
import { SuperjsonCodec } from '../../src/codec/superjson-codec.ts'
import { eventText, type LogDraft, logText, parseJournalLine } from '../../src/journal/journal-text.ts'
import { isIllFormed } from '../../src/tasks/task-name.ts'

const codec = new SuperjsonCodec()
const draft = (text: string, fields?: unknown): LogDraft => {
  return { at: 5, level: 'warn', source: 'stderr', text, ...(fields !== undefined && { fields: fields as never }) }
}
const parse = (text: string) => parseJournalLine({ number: 7, text }, codec)

describe('a line of a journal', () => {
  it('comes back as it was logged', () => {
    expect(parse(logText(draft('hello', { a: [1, null] })))).toEqual({
      ...{ kind: 'log', number: 7, at: new Date(5), level: 'warn', source: 'stderr' },
      ...{ text: 'hello', fields: { a: [1, null] } },
    })
  })

  it('comes back as it was emitted, text or bytes', () => {
    for (const data of [new Date(9), new Uint8Array([1, 0]), { n: 1n }]) {
      const entry = parse(eventText(5, 'step', codec.encode(data)))

      expect(entry).toEqual({ kind: 'event', number: 7, at: new Date(5), name: 'step', data })
    }
    expect(parse(eventText(5, 'bare', undefined))).toMatchObject({ name: 'bare', data: undefined })
  })

  it('fits whatever is logged, has no NUL, and begins like it', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 5_000 }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(anyText, fc.option(fc.anything(), { nil: undefined }), (text, fields) => {
        const stored = logText(draft(text, fields))
        expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(MAX_JOURNAL_LINE_BYTES)
        expect(stored.includes('\0')).toBe(false)
        expect(isIllFormed(stored)).toBe(false)
        const shown = parse(stored)
        expect(shown.kind === 'log' && shown.text.slice(0, 100)).toBe(text.slice(0, 100) || shownOf(shown))
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['a cycle', cyclic()],
    ['a bigint', { n: 1n }],
    ['a function', () => 1],
    ['an array', [1]],
    ['a toJSON that throws', { toJSON: () => expect.fail('on purpose') }],
    ['a toJSON that gives nothing', { toJSON: () => undefined }],
    ['null', null],
  ])('tells what fields look like that JSON cannot say: %s', (_, fields) => {
    const line = parse(logText(draft('text', fields)))

    expect(line).toMatchObject({ text: 'text', fields: { value: expect.any(String) } })
  })

  it('tells of fields for which there is no room in the text, as far as there is', () => {
    const line = parse(logText(draft('text', { long: 'x'.repeat(10_000) })))

    expect(line).toMatchObject({
      fields: undefined,
      text: expect.stringMatching(/^text {"long":"x+… \(\d+ more characters\)$/),
    })
  })

  it.each([['no JSON'], ['{"t":'], ['[]'], ['5'], ['""'], ['']])('is shown as it is if nobody knows it: %s', (text) => {
    expect(parse(text)).toMatchObject({ kind: 'log', level: 'info', source: 'log', text })
  })

  it('is no error of whoever reads logs if its level is unknown', () => {
    expect(parse('{"t":1,"l":"fatal","s":"elsewhere","m":"text","f":[]}')).toMatchObject({
      ...{ level: 'info', source: 'log', text: 'text', fields: undefined },
    })
  })

  it('refuses events that are too large, by name and size', () => {
    expect(() => eventText(5, 'big', 'x'.repeat(8192))).toThrow(/event 'big' takes \d+ bytes, more than 8192/)
  })

  it('does not decode what is no message', () => {
    expect(() => parse('{"t":1,"e":"step","d":"no message"}')).toThrow(
      expect.objectContaining({ code: 'MALFORMED_PAYLOAD' }),
    )
  })
})

function cyclic(): object {
  const object: { self?: object } = {}
  object.self = object
  return object
}

function shownOf(entry: ReturnType<typeof parse>): string {
  return entry.kind === 'log' ? entry.text.slice(0, 100) : entry.name
}
