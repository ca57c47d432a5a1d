import { chownSync, mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canInstallPackages, findProgram, installDebianPackage } from './debian-package.ts'
import { freePort } from './free-port.ts'
import { serverUser } from './postgres-binaries.ts'
import { type SupervisedProcess, startSupervised } from './supervised-process.ts'

/** What stands behind the pooler, and how it pools. */
export interface PgBouncerOptions {
  /** Port of the server on 127.0.0.1. */
  readonly serverPort: number
  /** Connections to the server, for each database and user; default 10. */
  readonly poolSize?: number
  /** Who may connect; default `postgres`. All are trusted. */
  readonly users?: readonly string[]
}

/** A PgBouncer of a test's own, in transaction mode. */
export interface PgBouncer {
  readonly port: number
  /** Address of a database through it. */
  url(database?: string, user?: string): string
  /** Stop it; resolves when it has ended. Idempotent. */
  stop(): Promise<void>
}

const START_MS = 10_000
const HINT = 'these tests need PgBouncer: install pgbouncer (Debian: apt-get install pgbouncer)'

/** Start a pooler in transaction mode in front of a server. @throws Error saying what to install. */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  const binary = await pgBouncerBinary()
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'taskspace-pgbouncer-'))
  const settings = join(folder, 'pgbouncer.ini')
  const users = options.users ?? ['postgres']
  writeFileSync(join(folder, 'users'), users.map((user) => `"${user}" ""\n`).join(''))
  writeFileSync(settings, settingsOf(options, port, folder))
  const server = await startSupervised([...asServerUser(folder), binary, settings], folder)
  await accepts(server, port)
  return {
    port,
    url: (database = 'postgres', user = 'postgres') => `postgres://${user}@127.0.0.1:${port}/${database}`,
    stop: () => server.stop(),
  }
}

async function pgBouncerBinary(): Promise<string> {
  const found = findProgram('pgbouncer')
  if (found !== undefined) return found
  if (!canInstallPackages()) throw new Error(HINT)
  await installDebianPackage('pgbouncer', 'pgbouncer')
  const installed = findProgram('pgbouncer')
  if (installed === undefined) throw new Error(HINT)
  return installed
}

function settingsOf({ serverPort, poolSize = 10 }: PgBouncerOptions, port: number, folder: string): string {
  return `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 500
`
}

/** Like Postgres, it refuses to run as root. */
function asServerUser(folder: string): string[] {
  const { uid, gid } = serverUser
  if (uid === undefined || gid === undefined) return []
  chownSync(folder, uid, gid)
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
}

async function accepts(server: SupervisedProcess, port: number): Promise<void> {
  let ended = false
  const end = server.ended.then(() => {
    ended = true
  })
  for (const until = performance.now() + START_MS; performance.now() < until && !ended; ) {
    if (await connects(port)) return
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 10))])
  }
  await server.stop()
  throw new Error(`PgBouncer did not start:\n${server.output()}`)
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
