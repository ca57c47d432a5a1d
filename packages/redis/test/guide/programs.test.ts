import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { ownServer } from '../faults/proxied.ts'
import { aclLine } from './acl-line.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const run = promisify(execFile)

/** What each program is asked besides: to do something with its broker. */
const USE = "\nconsole.log(await broker.deferred('nobody').status())\n"

it('compiles the programs of the guide', async () => {
  const programs = programsIn()
  const names = programs.map((_, at) => `program-${at}.ts`)
  const config = { extends: '../../../../../tsconfig.base.json', files: ['lua.d.ts', ...names] }
  const folder = folderWith({
    ...Object.fromEntries(programs.map((program, at) => [names[at], program + USE])),
    'lua.d.ts': "declare module '*.lua' {\n  const text: string\n  export default text\n}\n",
    'tsconfig.json': JSON.stringify(config),
  })

  const { stdout } = await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', folder]).catch(
    (error: { readonly stdout: string }) => error,
  )

  expect(programs).toHaveLength(2)
  expect(stdout).toBe('')
})

it('runs the programs of the guide, as the user whom the guide makes', async () => {
  const server = await ownServer()
  const { user, password, words } = aclLine()
  const admin = new Redis(server.port)
  await admin.call('ACL', ...words)
  admin.disconnect()
  const programs = programsIn().map((program) =>
    program
      .replace('user:password@localhost:6379', `${user}:${password}@127.0.0.1:${server.port}`)
      .replace("host: 'localhost',", `port: ${server.port}, username: '${user}', password: '${password}',`),
  )
  const files = Object.fromEntries(programs.map((program, at) => [`program-${at}.ts`, program + USE]))
  const folder = folderWith(files)
  const hooks = join(import.meta.dirname, '..', 'faults', 'lua-text.ts')

  for (const name of Object.keys(files)) {
    // One that makes a client of its own leaves it open, as an application does until it ends.
    const end = '\nprocess.exitCode = 0\nsetImmediate(() => process.exit())\n'
    writeFileSync(join(folder, name), `${files[name]}${end}`)
    const args = ['--conditions=@taskspace/source', '--import', hooks, join(folder, name)]
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, FORCE_COLOR: '0' } })

    expect(stdout, name).toBe('undefined\n')
  }
  expect(programs.every((program) => program.includes(`${server.port}`))).toBe(true)
})

/** The programs in the guide, in order. */
function programsIn(): string[] {
  const text = readFileSync(join(root, 'docs', 'guides', 'redis.md'), 'utf8')
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
}

/** A folder inside the package, where packages are found as an application finds them. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(import.meta.dirname, `.guide-${randomUUID().slice(0, 8)}`))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}
