import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'node-versions')

/**
 * The Node of each supported major version, installed when it is not there yet: from the registry, by the lockfile in
 * `node-versions`. 24 is the one that runs the tests.
 *
 * @returns the path of the executable by major version
 * @throws on a machine for which the registry has no Node, which is any but Linux on x64 and arm64
 */
export function nodeVersions(): Record<20 | 22 | 24 | 26, string> {
  if (!isInstalled()) {
    execFileSync('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' })
  }
  return { 20: executable(20), 22: executable(22), 24: process.execPath, 26: executable(26) }
}

function executable(major: number): string {
  const path = join(folder, 'node_modules', packageName(major), 'bin/node')
  if (!existsSync(path)) throw new Error(`no Node ${major} for ${process.platform} on ${process.arch}: use Linux`)
  return path
}

function isInstalled(): boolean {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  return [20, 22, 26].every((major) => {
    const manifest = join(folder, 'node_modules', packageName(major), 'package.json')
    if (!existsSync(manifest)) return false
    const wanted = packages[`node_modules/${packageName(major)}`].version
    return JSON.parse(readFileSync(manifest, 'utf8')).version === wanted
  })
}

function packageName(major: number): string {
  return `node${major}-${process.platform}-${process.arch}`
}
