import { readdirSync, readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { beforeAll, expect, inject, it } from 'vitest'
import { aclLine } from './guide/acl-line.ts'

// The oldest server that is supported, 6.2, cannot be installed everywhere. What scripts and connections send is held
// against what a later server says of the version that each thing came with. The kit runs on a Cluster as the user of the
// guide, so that its line names all commands there are.
const OLDEST = [6, 2]

/** Asked for only where `CLUSTER SHARDS` are: they came with Redis 7. */
const ON_CLUSTERS_OF_7 = ['ssubscribe', 'sunsubscribe', 'spublish']

/** What Lua has been given by the oldest server: `redis`, and libraries. */
const LUA_API = ['call', 'pcall', 'error_reply', 'status_reply', 'sha1hex']
const LATER_LUA = /\b(?:server|setresp|acl_check_cmd|register_function|REDIS_VERSION\w*|FCALL|fcall)\b|#!lua/

const FOLDER = new URL('../src/lua/', import.meta.url)
const sources = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.lua'))
  .map((file) => ({ file, code: readFileSync(new URL(file, FOLDER), 'utf8').replaceAll(/--.*$/gm, '') }))

/** A command, as the server documents it. */
interface Documented {
  readonly since: string
  /** Words among its arguments, each with the version that it came with. */
  readonly words: ReadonlyMap<string, string>
}

const commands = new Map<string, Documented>()

beforeAll(async () => {
  const admin = new Redis(inject('redisUrl'), { replyMapping: 'legacy' })
  for (const [name, doc] of pairs(await admin.call('COMMAND', 'DOCS'))) {
    commands.set(String(name), documented(doc))
    const { subcommands = [] } = asRecord(doc)
    for (const [each, inner] of pairs(subcommands)) commands.set(String(each), documented(inner))
  }
  admin.disconnect()
})

it('sends commands that the oldest server has', () => {
  const allowed = aclLine().words.flatMap((word) => (word.startsWith('+') ? [word.slice(1)] : []))
  const sent = new Set([...allowed, ...sources.flatMap(({ code }) => commandsIn(code))])

  const later = [...sent].filter((name) => !ON_CLUSTERS_OF_7.includes(name) && !isThere(commands.get(name)?.since))

  expect(sent.size).toBeGreaterThan(30)
  expect(later).toEqual([])
})

it('says nothing to commands that the oldest server does not understand', () => {
  const later = sources.flatMap(({ file, code }) =>
    callsIn(code).flatMap(({ name, words }) =>
      words.filter((word) => !isThere(commands.get(name)?.words.get(word))).map((word) => `${file}: ${name} ${word}`),
    ),
  )

  expect(sources.flatMap(({ code }) => callsIn(code)).some(({ words }) => words.includes('WITHSCORES'))).toBe(true)
  expect(later).toEqual([])
})

it('uses no more of Lua than the oldest server gives to scripts', () => {
  for (const { file, code } of sources) {
    const used = [...code.matchAll(/\bredis\.(\w+)/g)].map(([, name]) => name)
    expect(
      used.filter((name) => !LUA_API.includes(name ?? '')),
      file,
    ).toEqual([])
    expect(code, file).not.toMatch(LATER_LUA)
  }
})

it('can tell what the oldest server has from what came later', () => {
  expect(isThere(commands.get('lmpop')?.since)).toBe(false)
  expect(isThere(commands.get('zadd')?.words.get('GT'))).toBe(true)
  expect(isThere(commands.get('expire')?.words.get('GT'))).toBe(false)
})

/** Names of commands that stand in quotes. */
function commandsIn(code: string): string[] {
  const names = [...code.matchAll(/'([A-Z]{2,})'/g)].map(([, name]) => (name ?? '').toLowerCase())
  return names.filter((name) => commands.has(name))
}

/** Commands that are called, with the words in quotes after them on the same line. */
function callsIn(code: string): { readonly name: string; readonly words: readonly string[] }[] {
  return [...code.matchAll(/'([A-Z]{2,})',(.*)$/gm)].flatMap(([, name = '', rest = '']) => {
    const words = [...rest.matchAll(/'([A-Z]{2,})'/g)].map(([, word]) => word ?? '')
    return commands.has(name.toLowerCase()) ? [{ name: name.toLowerCase(), words }] : []
  })
}

function isThere(since: string | undefined): boolean {
  if (since === undefined) return false
  const [major = 0, minor = 0] = since.split('.').map(Number)
  const [least = 0, last = 0] = OLDEST
  return major < least || (major === least && minor <= last)
}

function documented(doc: unknown): Documented {
  const { since, arguments: args = [] } = asRecord(doc)
  const words = new Map<string, string>()
  collectWords(args, String(since), words)
  return { since: String(since), words }
}

function collectWords(args: unknown, since: string, words: Map<string, string>): void {
  for (const each of args as readonly unknown[]) {
    const { token, since: own = since, arguments: inner = [] } = asRecord(each)
    if (typeof token === 'string') words.set(token, String(own))
    collectWords(inner, String(own), words)
  }
}

function asRecord(flat: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(pairs(flat).map(([key, value]) => [String(key), value]))
}

/** Pairs of a flat list of keys and values. */
function pairs(flat: unknown): [unknown, unknown][] {
  const list = flat as readonly unknown[]
  return Array.from({ length: list.length / 2 }, (_, at) => [list[at * 2], list[at * 2 + 1]])
}
