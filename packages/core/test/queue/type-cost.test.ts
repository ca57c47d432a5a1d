import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { COMPILERS, compile } from './compiler.ts'

const TASKS = 500
const MAX_INSTANTIATIONS = 250_000
const core = fileURLToPath(new URL('../../', import.meta.url))

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'type-cost-'))
  await writeFile(join(folder, 'tasks.mts'), tasksFile())
  await writeFile(join(folder, 'client.mts'), clientFile())
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG))
})

afterAll(() => rm(folder, { recursive: true }))

it(`a space of ${TASKS} tasks with as many calls stays cheap to check`, { timeout: 120_000 }, async () => {
  const [, compiler] = COMPILERS

  const output = await compile(compiler!, ['-p', '.', '--extendedDiagnostics', '--pretty', 'false'], folder)

  const instantiations = Number(/^Instantiations:\s+(\d+)$/m.exec(output)?.[1])
  expect(output).not.toContain('error TS')
  expect(instantiations).toBeGreaterThan(TASKS)
  expect(instantiations).toBeLessThan(MAX_INSTANTIATIONS)
})

const CONFIG = {
  extends: `${core}test-types/tsconfig.json`,
  compilerOptions: { typeRoots: [`${core}../../node_modules/@types`] },
  include: ['*.mts'],
}

// Each kind of parameter once in seven tasks; the values are what a caller writes, with Deferreds inside.
const KINDS = [
  { parameters: 'text: string', body: 'text.length', values: 'text' },
  { parameters: 'values: number[], scale?: number', body: 'values.length * (scale ?? 1)', values: '[1, num, 2], num' },
  {
    parameters: 'user: User',
    body: 'user.name.length',
    values: '{ name: text, address: { city: text, zip: num }, tags: [text] }',
  },
  { parameters: 'counts: Map<string, number>', body: 'counts.size', values: 'new Map([[text, num]])' },
  { parameters: 'pair: [string, number]', body: 'pair[1]', values: '[text, num]' },
  { parameters: 'set: Set<string>, on: boolean', body: 'on ? set.size : 0', values: 'new Set([text]), true' },
  { parameters: "kind: 'a' | 'b' | 'c', at: Date", body: 'kind.length + at.getTime()', values: "'a', new Date(0)" },
] as const

const kindOf = (index: number) => KINDS[index % KINDS.length]!
const nameOf = (index: number) => (index % 5 === 0 ? `group${index % 10}.inner.task${index}` : `task${index}`)
const each = (line: (index: number) => string) => Array.from({ length: TASKS }, (_, index) => line(index)).join('\n')

function tasksFile(): string {
  return `
import { TaskSpace } from '${core}test-types/api.ts'
interface User { name: string; age?: number; address: { city: string; zip: number }; tags: readonly string[] }
export const big = new TaskSpace('big.space', {
${each((index) => `  '${nameOf(index)}': (${kindOf(index).parameters}): number => ${kindOf(index).body},`)}
})
`
}

function clientFile(): string {
  return `
import type { Deferred, Queue } from '${core}test-types/api.ts'
import type { big } from './tasks.mts'
declare const q: Queue<typeof big>
declare const num: Deferred<number>
declare const text: Deferred<string>
${each((index) => `export const r${index}: Deferred<number> = q.big.space.${nameOf(index)}(${kindOf(index).values})`)}
`
}
