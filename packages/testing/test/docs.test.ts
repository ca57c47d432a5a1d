import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const page = read('../../../docs/testing.md')

/** The programs of the page, by the file that each names in its first line. */
const programs = new Map(
  [...page.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => [name, text] as const),
)

describe('docs/testing.md', () => {
  it('shows every program of test/docs', () => {
    expect([...programs.keys()].sort()).toEqual(readdirSync(new URL('docs', import.meta.url)).sort())
  })

  it.each([...programs])('shows %s as it is compiled and run here', (name, text) => {
    expect(text).toBe(read(`docs/${name}`))
  })

  it('has no program that names no file', () => {
    expect(page.match(/```ts/g)).toHaveLength(programs.size)
  })
})
