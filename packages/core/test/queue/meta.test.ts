import { describe, expect, it } from 'vitest'
import { MAX_META_BYTES, metaText, parseMeta } from '../../src/queue/meta.ts'

const invalid = (text: string) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'meta', message: expect.stringContaining(text) })

describe('metaText', () => {
  it.each([
    {},
    { text: 'a', number: -1.5, yes: true, no: false, nothing: null, list: [1, ['a', {}]], deep: { er: {} } },
    Object.assign(Object.create(null), { bare: 1 }),
    JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 2, "": 3 }'),
    { '\ud800': '\udc00\0😀' },
  ])('is JSON that reads back the same [RW-23]', (meta) => {
    expect(JSON.parse(metaText(meta))).toEqual({ ...meta })
    expect(Object.keys(JSON.parse(metaText(meta)) as object)).toEqual(Object.keys(meta))
  })

  it.each([
    ['meta.a', { a: undefined }],
    ['meta.a', { a: Number.NaN }],
    ['meta.a', { a: 1n }],
    ['meta.a', { a: () => 1 }],
    ['meta.a', { a: new Date(0) }],
    ['meta.a[1].b', { a: [1, { b: new Map() }] }],
    ['meta.a[0]', { a: new Array(2) }],
    ['meta.toJSON', { toJSON: () => 'other' }],
  ])('refuses what JSON cannot say, at %s', (path, meta) => {
    expect(() => metaText(meta)).toThrow(invalid(`invalid meta: ${path} is `))
  })

  it.each([null, undefined, 'a', 1, [], new Date(0), () => 1])('refuses %s, which is no object of JSON', (meta) => {
    expect(() => metaText(meta)).toThrow(invalid('not an object of JSON'))
  })

  it('refuses cycles, depth and size', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = { cycle }
    let deep: unknown = 1
    for (let level = 0; level < 10_000; level++) deep = [deep]

    expect(() => metaText(cycle)).toThrow(invalid('deeper than 100 levels, or a cycle'))
    expect(() => metaText({ deep })).toThrow(invalid('deeper than 100 levels'))
    expect(() => metaText({ long: 'x'.repeat(MAX_META_BYTES) })).toThrow(invalid('larger than 65536 bytes'))
    expect(() => metaText({ long: 'é'.repeat(MAX_META_BYTES / 2) })).toThrow(invalid('larger than 65536 bytes'))
  })

  it('refuses parts that stand in so many places that the text would never end', () => {
    let many: Record<string, unknown> = { end: 1 }
    for (let level = 0; level < 90; level++) many = { one: many, other: many }

    expect(() => metaText(many)).toThrow(invalid('larger than 65536 bytes'))
  })

  it('reads a changing property once', () => {
    let reads = 0
    const meta = {
      get n() {
        reads += 1
        return reads === 1 ? 1 : () => {}
      },
    }

    expect(metaText(meta)).toBe('{"n":1}')
  })
})

describe('parseMeta', () => {
  it('reads what metaText wrote, and nothing as an empty object', () => {
    expect(parseMeta(metaText({ a: [1] }))).toEqual({ a: [1] })
    expect(parseMeta(undefined)).toEqual({})
  })

  it.each(['', '{', 'null', '5', '[]', '"text"'])('refuses %j, which somebody else must have stored', (text) => {
    expect(() => parseMeta(text)).toThrow(expect.objectContaining({ code: 'MALFORMED_PAYLOAD' }))
  })
})
