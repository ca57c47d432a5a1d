import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const FOLDER = new URL('../src/lua/', import.meta.url)
const PARTS = namesIn('shared/').filter((name) => !['prelude', 'parts', 'writes'].includes(name))

it('reaches the shared parts of scripts through `lib`, since there are no globals', () => {
  const paths = ['', 'plain/', 'shared/'].flatMap((folder) => namesIn(folder).map((name) => `${folder}${name}`))
  const complaints = paths.flatMap((path) => bareNamesIn(path).map((name) => `${path}.lua: ${name}`))

  expect(complaints).toEqual([])
})

it('says in the first lines of each script what it is asked and what it answers', () => {
  for (const name of namesIn('')) {
    const [header] = codeOf(name, true).split(/^[^-]/m)
    expect(header, name).toMatch(/KEYS\[1\]: root\..*ARGV\[1\]: .*Answers \{ 'ok'/s)
  }
})

function namesIn(folder: string): string[] {
  const files = readdirSync(new URL(folder || '.', FOLDER))
  return files.filter((file) => file.endsWith('.lua')).map((file) => file.slice(0, -'.lua'.length))
}

function codeOf(path: string, withComments = false): string {
  const text = readFileSync(new URL(`${path}.lua`, FOLDER), 'utf8')
  return withComments ? text : text.replaceAll(/--.*$/gm, '').replaceAll(/'[^'\n]*'/g, "''")
}

/** Names of parts, not those of the file itself, that stand there as if they were globals. */
function bareNamesIn(path: string): string[] {
  const code = codeOf(path)
  return PARTS.filter((name) => !path.endsWith(`/${name}`)).filter((name) => {
    const isLocal = new RegExp(`\\b(?:local |function [\\w.]+\\([^)]*)${name}\\b`).test(code)
    return !isLocal && new RegExp(`(?<![.\\w])${name}[.[]`).test(code)
  })
}
