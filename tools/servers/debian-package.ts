import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * Installs a package unless its program is there by now, one process at a time. A policy file keeps Debian from starting
 * the service that comes with it.
 */
const INSTALL = `
command -v "$2" >/dev/null && exit 0
policy=$3
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' >"$policy" && chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
install() { apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$1"; }
install "$1" || { apt-get -o DPkg::Lock::Timeout=300 update && install "$1"; }
`

/** Whether this process may install Debian packages. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

/** Where Debian looks whether it may start a service. */
const POLICY = '/usr/sbin/policy-rc.d'

/** Install a Debian package for the program in it; does nothing if the program is there. @throws Error with apt's words. */
export async function installDebianPackage(name: string, program: string, policy = POLICY): Promise<void> {
  const lock = join(tmpdir(), 'taskspace-apt.lock')
  const args = [lock, '/bin/sh', '-c', INSTALL, 'install', name, program, policy]
  await promisify(execFile)('flock', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
  })
}

/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/sbin', '/usr/local/bin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
