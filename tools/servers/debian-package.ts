import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Where apt finds packages: with `backports`, also those of a later Debian that were made for this one. */
const SOURCES = `
if [ "$4" = backports ]; then
  parts=$(mktemp -d)
  trap 'rm -rf "$parts"' EXIT
  . /etc/os-release
  cp /etc/apt/sources.list.d/* /etc/apt/sources.list "$parts" 2>/dev/null
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$key] $mirror $VERSION_CODENAME-backports main" >"$parts/backports.list"
  apt="apt-get -o Dir::Etc::sourceparts=$parts -o Dir::Etc::sourcelist=/dev/null"
else
  apt=apt-get
fi
`

/**
 * Installs a package unless its program is there by now, one process at a time. A policy file keeps Debian from starting
 * the service that comes with it.
 */
const INSTALL = `
command -v "$2" >/dev/null && exit 0
${SOURCES}
policy=$3
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' >"$policy" && chmod 755 "$policy"
  trap 'rm -rf "$policy" "$parts"' EXIT
fi
install() { $apt -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$1"; }
install "$1" || { $apt -o DPkg::Lock::Timeout=300 update && install "$1"; }
`

/** Whether this process may install Debian packages. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

/** Where Debian looks whether it may start a service. */
const POLICY = '/usr/sbin/policy-rc.d'

/** What to install, and whence. */
export interface DebianPackageOptions {
  /** Where Debian looks whether it may start a service. */
  readonly policy?: string
  /** `backports`: look for it there too, and leave the machine's own list of sources as it is. Default `release`. */
  readonly from?: 'release' | 'backports'
}

/** Install a Debian package for the program in it; does nothing if the program is there. @throws Error with apt's words. */
export async function installDebianPackage(
  name: string,
  program: string,
  { policy = POLICY, from = 'release' }: DebianPackageOptions = {},
): Promise<void> {
  const lock = join(tmpdir(), 'taskspace-apt.lock')
  const args = [lock, '/bin/sh', '-c', INSTALL, 'install', name, program, policy, from]
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
