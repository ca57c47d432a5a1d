import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DebianPackageOptions, installDebianPackage } from '../servers/debian-package.ts'

let folder: string
const path = process.env.PATH

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskspace-apt-'))
  process.env.PATH = `${folder}:${path}`
})
afterEach(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true, force: true })
})

it('installs a Debian package once for all who ask at the same time', async () => {
  fakeApt('printf "#!/bin/sh\\n" >"$0.d/some-server" && chmod 755 "$0.d/some-server"')

  await Promise.all([1, 2, 3].map(() => install()))

  expect(calls()).toEqual(['-o DPkg::Lock::Timeout=300 install -y --no-install-recommends some-package'])
})

it('lets the package start no service meanwhile', async () => {
  fakeApt('cat "$0.d/policy" >"$0.d/calls"')

  await install()

  expect(calls()).toEqual(['#!/bin/sh', 'exit 101'])
  expect(existsSync(join(folder, 'policy'))).toBe(false)
})

it('fetches the package lists where the first try fails', async () => {
  fakeApt('[ "$3" = update ] && touch "$0.lists"; [ -e "$0.lists" ]')

  await install()

  expect(calls().map((line) => line.split(' ')[2])).toEqual(['install', 'update', 'install'])
})

it('looks for a package among the backports too if told so, and leaves no trace of that', async () => {
  fakeApt(`case "$*" in
    indextargets*) echo mirror: ;;
    *) parts=$(echo "$2" | cut -d= -f2); cat "$parts/backports.list" >>"$0.d/calls"; echo "$parts" >"$0.d/parts" ;;
  esac`)

  await install({ from: 'backports' })

  expect(calls().at(-1)).toMatch(/^deb \[signed-by=.*\] mirror: \w+-backports main$/)
  expect(existsSync(readFileSync(join(folder, 'parts'), 'utf8').trim())).toBe(false)
})

it('says what went wrong with an installation', async () => {
  fakeApt('echo no such package >&2; exit 100')

  await expect(install()).rejects.toThrow('no such package')
})

function install(options: DebianPackageOptions = {}): Promise<void> {
  return installDebianPackage('some-package', 'some-server', { policy: join(folder, 'policy'), ...options })
}

/** An apt-get that writes down how it was called. */
function fakeApt(script: string): void {
  const apt = join(folder, 'apt-get')
  writeFileSync(apt, `#!/bin/sh\necho "$@" >>"${folder}/calls"\n${script.replaceAll('$0.d', folder)}\n`)
  chmodSync(apt, 0o755)
}

function calls(): string[] {
  const file = join(folder, 'calls')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}
