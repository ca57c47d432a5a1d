import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const preset = fileURLToPath(new URL('../vitest.ts', import.meta.url))
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))

it('a run whose tests pass and that fails all the same has written down why', async () => {
  const root = mkdtempSync(join(tmpdir(), 'taskspace-unhandled-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const options = "{ globals: true, include: ['late.test.js'] }"
  writeFileSync(
    join(root, 'vitest.config.js'),
    `import { suite } from '${preset}'\nexport default suite('late', ${options})`,
  )
  const late =
    "setTimeout(() => { throw new RangeError('nobody heard') })\n  await new Promise((end) => setTimeout(end, 50))"
  writeFileSync(join(root, 'late.test.js'), `it('passes', async () => {\n  ${late}\n})`)

  const code = await exitCode(['run', '--root', root])

  const read = (name: string) => JSON.parse(readFileSync(join(root, '.vitest', name), 'utf8'))
  expect(code).toBe(1)
  expect(read('report.json')).toMatchObject({ numPassedTests: 1, numFailedTests: 0 })
  expect(read('unhandled.json')).toEqual([{ name: 'RangeError', text: expect.stringContaining('nobody heard') }])
})

function exitCode(args: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve) => {
    const env = { ...process.env, FORCE_COLOR: '0' }
    const child = execFile(process.execPath, [vitest, ...args], { env }, () => resolve(child.exitCode ?? undefined))
  })
}
