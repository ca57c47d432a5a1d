import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderWith } from './files.ts'

const program = join(import.meta.dirname, '..', '..', 'word-count', 'main.ts')

describe('the word count on the command line', () => {
  it('prints the top words and what they took, and plain lines of progress where there is no terminal', async () => {
    const folder = await folderWith({ 'a.txt': 'the cat and the dog', 'b/c.txt': 'The bird' })

    const { code, stdout, stderr } = await run(folder, ['.', '--top', '2'])

    expect(stdout).toMatch(
      /^Top 2 of 5 different words\n\n {2}1 {2}the +3 +█+\n {2}2 {2}and +1 +█+\n\n2 files, 27 bytes, 7 words: 3 jobs with 1 level of merges in /,
    )
    expect(stderr).toMatch(/2\/2 files/)
    expect(stderr).not.toContain('\r')
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(11)
    expect(code).toBe(0)
  })

  it('counts what can be counted, names what cannot, and ends with 1', async () => {
    const folder = await folderWith({ 'a.txt': 'the cat' })

    const { code, stdout } = await run(folder, ['a.txt', 'nowhere.txt'])

    expect(stdout).toContain('Top 2 of 2 different words')
    expect(stdout).toContain('Not counted: 1\n  nowhere.txt: no such file\n')
    expect(code).toBe(1)
  })

  it('counts this repository if no paths are given', async () => {
    const { code, stdout } = await run(await folderWith({}), [])

    expect(stdout).toMatch(/^Top 20 of [\d,]+ different words\n/)
    expect(stdout).toMatch(/ {2}the {2}/)
    expect(stdout).toMatch(/with [3-9] levels of merges/)
    expect(code).toBe(0)
  })

  it('says when there is nothing to count', async () => {
    const { code, stdout } = await run(await folderWith({}), ['.'])

    expect(stdout).toMatch(/^No words found\.\n\n0 files, 0 bytes, 0 words: 1 job /)
    expect(code).toBe(0)
  })

  it.each([
    [['--tpo', '3'], "word count: Unknown option '--tpo'; --help tells more\n"],
    [['--top', 'ten'], "word count: --top takes a whole number from 1 to 1000, not 'ten'; --help tells more\n"],
  ])('refuses %j with one clear line and 2', async (args, line) => {
    const { code, stdout, stderr } = await run(await folderWith({}), args)

    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: line })
  })

  it('tells how it is used', async () => {
    const { code, stdout } = await run(await folderWith({}), ['--help'])

    expect(stdout).toContain('Usage: npm start -- [PATHS…]')
    expect(code).toBe(0)
  })

  it('stops on Ctrl-C in the middle of a file', async () => {
    const folder = await folderWith({ 'endless.txt': 'text '.repeat(2_000) })
    await truncate(join(folder, 'endless.txt'), 2 ** 36)
    const child = start(folder, ['endless.txt'])
    const output = text(child.stderr)
    child.stderr.once('data', () => child.kill('SIGINT'))

    const [code] = await once(child, 'close')

    expect(await output).toMatch(/\nStopped after 0 of 1 files\.\n$/)
    expect(code).toBe(130)
  })

  it('leaves quietly when nobody reads its output', async () => {
    const child = start(await folderWith({ 'a.txt': 'the cat' }), ['.'])
    child.stdout.destroy()
    const output = text(child.stderr)

    const [code] = await once(child, 'close')

    expect(await output).toMatch(/1\/1 files.*\n$/)
    expect(code).toBe(0)
  })
})

function start(folder: string, args: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=@taskspace/source', program, ...args], {
    env: { ...process.env, INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function run(folder: string, args: readonly string[]) {
  const child = start(folder, args)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number | null, stdout, stderr }
}
