import { describe, expect, it } from 'vitest'
import { trackedFiles } from '../tracked-files.ts'
import { undocumentedExports } from '../undocumented-exports.ts'

const inCore = (text: string) => undocumentedExports([{ path: 'packages/core/src/a.ts', text }])

describe('every export', () => {
  it('says what it promises', () => {
    expect(undocumentedExports(trackedFiles())).toEqual([])
  })

  it.each([
    ['a function', 'export function name() {}'],
    ['a class', 'export abstract class name {}'],
    ['an interface', 'export interface name {}'],
    ['a type', 'export type name = string'],
    ['a constant', 'export const name = 1'],
    ['one with a comment that is none', '// Says it.\nexport const name = 1'],
    ['one with an empty docstring', '/** */\nexport const name = 1'],
    ['one after a documented one', '/** Says it. */\nexport const a = 1\nexport const name = 2'],
  ])('is found undocumented: %s', (_what, text) => {
    expect(inCore(text)).toEqual(['packages/core/src/a.ts: name'])
  })

  it.each([
    ['documented', '/** Says it. */\nexport function name() {}'],
    ['an overload', '/** Says it. */\nexport function name(a: string): void\nexport function name(a: unknown) {}'],
    ['private to its file', 'function name() {}'],
    ['passed on', `export { name } from './b.ts'`],
  ])('may stand as it is when it is %s', (_what, text) => {
    expect(inCore(text)).toEqual([])
  })
})
