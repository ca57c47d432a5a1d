import { type ChildProcess, type StdioOptions, spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { postgresBinaries, serverUser } from './postgres-binaries.ts'

/** How a server for tests is made. */
export interface PostgresServerOptions {
  /** Folder of the programs; default: `PG_BIN`, else those from npm. */
  readonly bin?: string
  /** Settings of the server, such as `{ wal_level: 'logical' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Keep what is committed through a crash (`fsync`, `synchronous_commit` and full pages on). Default: false, which is faster. */
  readonly durable?: boolean
  /** Largest file that it can write, as `ulimit -f` counts it, until it is started again without: what a full disk does. */
  readonly fileBlocks?: number | undefined
  /** Password of the user `postgres`; default: whoever connects is trusted. */
  readonly password?: string
  /** Folder of data to begin with, a copy of which it gets; default: none, it is made anew. */
  readonly data?: string
}

/** How a server is stopped: waiting for nobody, at once as in a crash, or by force. */
export type StopMode = 'fast' | 'immediate' | 'kill'

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
const READY = /database system is ready to accept (?:read-only )?connections/
const START_MS = 60_000
const LAUNCHES = 100

/** What a start says while children of a killed server are still there. */
const LEFT_BEHIND = /pre-existing shared memory block|Address already in use/

/** Start a Postgres server of its own on 127.0.0.1, with its data in a temporary folder. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const server = new PostgresServer(options, await freePort())
  await server.start()
  return server
}

/** A Postgres server for tests. Whoever starts it removes it; if that process is killed, the server goes all the same. */
export class PostgresServer {
  readonly port: number
  /** Where its data and log are. */
  readonly folder: string
  readonly #bin: string
  readonly #options: PostgresServerOptions
  readonly #keeper: ChildProcess
  #process: ChildProcess | undefined
  #log = ''

  constructor(options: PostgresServerOptions, port: number) {
    this.#options = options
    this.#bin = options.bin ?? postgresBinaries()
    this.port = port
    this.folder = mkdtempSync(join(tmpdir(), 'taskspace-postgres-'))
    if (serverUser.uid !== undefined) chownSync(this.folder, serverUser.uid, serverUser.gid as number)
    this.#keeper = keep(this.folder, join(this.data, 'postmaster.pid'))
    if (options.data === undefined) this.#initialise()
    else this.#copy(options.data)
  }

  /** Address of a database on it; user `postgres`, unless another is named. */
  url(database = 'postgres', user = 'postgres'): string {
    const password = user === 'postgres' && this.#options.password ? `:${this.#options.password}` : ''
    return `postgres://${user}${password}@127.0.0.1:${this.port}/${database}`
  }

  /** Process id of the postmaster. */
  get pid(): number {
    return this.#process?.pid ?? 0
  }

  /** What it wrote to its log, the last 64 KB. */
  get log(): string {
    return this.#log
  }

  /** Start it, or start it again on the same data and port; resolves when it accepts connections. */
  async start(
    settings: Readonly<Record<string, string>> = {},
    { fileBlocks }: Pick<PostgresServerOptions, 'fileBlocks'> = this.#options,
  ): Promise<void> {
    const all = {
      ...(this.#options.durable ? {} : QUICK),
      max_connections: '200',
      ...this.#options.settings,
      ...settings,
    }
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const where = ['-D', this.data, '-h', '127.0.0.1', '-p', String(this.port), '-c', 'unix_socket_directories=']
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#launch([...where, ...flags], fileBlocks)
      } catch (error) {
        // After a kill the server's children need a moment to notice and go.
        if (tries === LAUNCHES || !LEFT_BEHIND.test(this.#log)) throw error
        await pause(100)
      }
    }
  }

  /** Stop it; its data stay. Idempotent. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(SIGNALS[mode])
    await gone
  }

  /** Stop it and remove its data. Idempotent. */
  async remove(): Promise<void> {
    await this.stop('immediate')
    rmSync(this.folder, { recursive: true, force: true })
    this.#keeper.stdin?.end()
  }

  /** Where its data are. */
  get data(): string {
    return join(this.folder, 'data')
  }

  /** By the server's user, who has to own it. A server that runs removes files meanwhile; its log makes up for that. */
  #copy(data: string): void {
    spawnSync('cp', ['-a', data, this.data], { ...serverUser, cwd: '/' })
    rmSync(join(this.data, 'postmaster.pid'), { force: true })
  }

  #initialise(): void {
    const { password } = this.#options
    const passwordFile = join(this.folder, 'password')
    if (password !== undefined) writeFileSync(passwordFile, password)
    const access = password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
    const flags = ['-D', this.data, '-U', 'postgres', '-N', '-E', 'UTF8', '--locale=C', ...access]
    const made = spawnSync(join(this.#bin, 'initdb'), flags, { ...serverUser, cwd: '/', encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`)
  }

  #launch(flags: readonly string[], fileBlocks: number | undefined): Promise<void> {
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe']
    const program = [join(this.#bin, 'postgres'), ...flags]
    const limited = ['/bin/sh', '-c', 'ulimit -f "$0" && exec "$@"', String(fileBlocks), ...program]
    const [command = '', ...args] = fileBlocks === undefined ? program : limited
    const child = spawn(command, args, { ...serverUser, cwd: '/', stdio })
    this.#process = child
    this.#log = ''
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`Postgres did not start (${why}): ${this.#log}`))
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        fail(`not ready within ${START_MS / 1000} s`)
      }, START_MS)
      child.once('error', (error) => fail(error.message))
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        fail(`it ended with ${code ?? signal}`)
      })
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-65_536)
        if (!READY.test(this.#log)) return
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

function keep(folder: string, pidFile: string): ChildProcess {
  const program = fileURLToPath(new URL('./keeper.ts', import.meta.url))
  const keeper = spawn(process.execPath, ['--no-warnings', program, folder, pidFile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // It must not keep the tests alive: it waits for their end.
  keeper.unref()
  ;(keeper.stdin as Socket).unref()
  return keeper
}
