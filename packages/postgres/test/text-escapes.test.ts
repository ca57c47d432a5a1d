import { expect, it } from 'vitest'
import { escapeDeep, escapeText, unescapeDeep, unescapeText } from '../src/operations/text-escapes.ts'

const HOSTILE = [
  '',
  'plain',
  'a\0b',
  '\0',
  '\x1a',
  '\x1a0',
  '\x1a\x1a0',
  'x\ud800y',
  '\udfff',
  '\udc00\ud800',
  '😀',
  '\x1a😀',
  '\ue000',
]

it('gives back every string that it escaped, and keeps unlike ones apart', () => {
  const escaped = HOSTILE.map(escapeText)

  expect(escaped.map(unescapeText)).toEqual(HOSTILE)
  expect(new Set(escaped).size).toBe(HOSTILE.length)
})

it('makes strings that Postgres can store', () => {
  for (const text of HOSTILE.map(escapeText)) {
    expect(text.includes('\0')).toBe(false)
    expect(Buffer.from(text).toString()).toBe(text)
  }
})

it('escapes what is inside of objects and lists, names of fields too', () => {
  const value = { 'a\0': ['\ud800', { __proto__: null, deep: '\x1a' }], none: null, count: 1 }

  expect(unescapeDeep(JSON.parse(JSON.stringify(escapeDeep(value))))).toEqual(value)
})
