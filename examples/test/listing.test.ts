import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const examples = join(import.meta.dirname, '..')
const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, 'main.ts')))

describe('the folder of examples', () => {
  it('lists every example, in its README', () => {
    const readme = readFileSync(join(examples, 'README.md'), 'utf8')
    const listed = Array.from(readme.matchAll(/^\| \[`([\w-]+)`\]/gm), ([, name]) => name)

    expect(listed.toSorted()).toEqual(names.toSorted())
  })

  it('holds nothing that no test runs', () => {
    const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .join('\n')

    expect(names.filter((name) => !tests.includes(`'../${name}/main.ts'`) && name !== 'word-count')).toEqual([])
    expect(names).toContain('word-count')
  })

  it('is a set of programs that can be started directly, with the URL of a backend', async () => {
    const start = promisify(execFile)
    const env = { ...process.env, FORCE_COLOR: '0' }
    const program = join(examples, 'deferred-arguments', 'main.ts')

    const { stdout } = await start(process.execPath, ['--conditions=@taskspace/source', program, 'memory:examples'], {
      env,
    })
    const wrong = start(process.execPath, ['--conditions=@taskspace/source', program, 'nowhere:'], { env })

    expect(stdout).toBe('6\n')
    await expect(wrong).rejects.toThrow('invalid broker URL: nowhere:')
  })
})
