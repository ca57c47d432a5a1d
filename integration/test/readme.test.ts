import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

/** What the text around the first example says does not compile. */
const REFUSED = ["q.math.add(['1'])", 'q.math.num(total)']

/** The programs in a page, in order. */
async function programsIn(page: string): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8')
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
}

/** What a program says in comments that it prints. */
function promisedBy(program: string): readonly string[] {
  return [...program.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, line]) => line ?? '')
}

async function inFolder(files: Readonly<Record<string, string>>): Promise<string> {
  // Inside the repository, where the packages are found as an application finds them.
  const folder = await mkdtemp(join(root, 'integration', '.readme-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

it('runs the program of the README, which prints what it says', async () => {
  const [program = ''] = await programsIn('README.md')
  const folder = await inFolder({ 'readme.ts': program })

  const args = ['--conditions=@taskspace/source', join(folder, 'readme.ts')]
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, FORCE_COLOR: '0' } })

  expect(promisedBy(program)).not.toEqual([])
  expect(stdout.trim().split('\n')).toEqual(promisedBy(program))
})

it('keeps the program of the README at 25 lines at most', async () => {
  const [program = ''] = await programsIn('README.md')

  expect(program.trim().split('\n').length).toBeLessThanOrEqual(25)
})

it('compiles the program of the README, and refuses what it says does not compile', async () => {
  const [program = ''] = await programsIn('README.md')
  const text = await readFile(join(root, 'README.md'), 'utf8')
  const refused = REFUSED.map((line) => `// @ts-expect-error -- the README says so\n${line}\n`)
  const config = { extends: '../../tsconfig.base.json', files: ['readme.ts'] }
  const folder = await inFolder({
    'readme.ts': `${program}\n${refused.join('')}`,
    'tsconfig.json': JSON.stringify(config),
  })

  const { stdout } = await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', folder])

  expect(stdout).toBe('')
  for (const line of REFUSED) expect(text).toContain(`\`${line}\``)
})
