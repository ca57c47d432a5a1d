import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePrimitive, parseSingleList, primitiveListText, primitiveText } from '../../src/codec/primitive-text.ts'

const jsonPrimitive = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.boolean(),
  fc.constant(null),
)

describe('the short way to write primitives', () => {
  it('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(jsonPrimitive, (value) => {
        expect(primitiveText(value)).toBe(JSON.stringify(value))
      }),
    )
  })

  it('writes short lists as JSON.stringify does, up to the length asked for', () => {
    fc.assert(
      fc.property(fc.array(jsonPrimitive, { maxLength: 4 }), (values) => {
        expect(primitiveListText([...values, 'beyond'], values.length)).toBe(JSON.stringify(values))
      }),
    )
  })

  it('leaves everything else to others', () => {
    for (const value of [undefined, -0, Number.NaN, Number.POSITIVE_INFINITY, 1n, {}, [], () => 1, Symbol('x')]) {
      expect(primitiveText(value)).toBeUndefined()
      expect(primitiveListText([1, value], 2)).toBeUndefined()
    }
    expect(primitiveListText([1, 2, 3, 4, 5], 5)).toBeUndefined()
  })
})

describe('the short way to read primitives', () => {
  it('reads what JSON.parse reads, or leaves it', () => {
    fc.assert(
      fc.property(jsonPrimitive, (value) => {
        const text = JSON.stringify(value)
        expect(parsePrimitive(text, 0, text.length) ?? JSON.parse(text)).toBe(value)
        expect(parseSingleList(`[${text}]`) ?? [JSON.parse(text)]).toEqual([value])
      }),
    )
  })

  it('reads no text that JSON.parse would not read the same', () => {
    const nearJson = fc.string({ unit: fc.constantFrom(...'[]"\\-0123456789.,eE+aé\n {}'), maxLength: 12 })
    fc.assert(
      fc.property(nearJson, (text) => {
        const value = parsePrimitive(text, 0, text.length)
        const list = parseSingleList(text)
        if (value !== undefined) expect(JSON.parse(text)).toBe(value)
        if (list !== undefined) expect(JSON.parse(text)).toEqual(list)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads short numbers and strings', () => {
    expect(parseSingleList('[12]')).toEqual([12])
    expect(parseSingleList('[-7]')).toEqual([-7])
    expect(parseSingleList('["a b"]')).toEqual(['a b'])
    expect(parseSingleList('["a","b"]')).toBeUndefined()
    expect(parseSingleList('["été"]')).toEqual(['été'])
    expect(parsePrimitive('-0', 0, 2)).toBeUndefined()
    expect(parsePrimitive('999999999999999', 0, 15)).toBe(999_999_999_999_999)
    expect(parsePrimitive('9999999999999999', 0, 16)).toBeUndefined()
    expect(parsePrimitive('01', 0, 2)).toBeUndefined()
  })
})
