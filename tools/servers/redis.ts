import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canInstallPackages, findProgram, installDebianPackage } from './debian-package.ts'
import { freePort } from './free-port.ts'
import { type SupervisedProcess, startSupervised } from './supervised-process.ts'

/** How to start a server. */
export interface RedisServerOptions {
  /** Directives as on the command line, such as `['--maxmemory', '5mb']`; they win over the defaults. */
  readonly args?: readonly string[]
  /** Read this first; a server that is a Sentinel writes to it. */
  readonly configFile?: string
  /** Default: a free one. */
  readonly port?: number
  /** Path of the server program; default: see `redisBinary`. */
  readonly binary?: string
}

/** A Redis or Valkey server of a test's own: on 127.0.0.1, without persistence. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** For sockets and certificates; gone after `stop`. */
  readonly folder: string
  readonly process: SupervisedProcess
  /** Stop it; resolves when it has ended. Idempotent. */
  stop(): Promise<void>
}

const TRIES = 10
const START_MS = 10_000
const INSTALL_HINT =
  'tests need a Redis server: set REDIS_URL or REDIS_SERVER_BIN, or install redis-server (Debian: apt-get install redis-server)'
const VALKEY_HINT = 'tests need a Valkey server: set VALKEY_SERVER_BIN, or install valkey-server'

/** A URL of a server for tests that need nothing special of it: REDIS_URL, else one that is started for this process. */
export async function redisUrl(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env.REDIS_URL
  return given ? { url: given, stop: () => Promise.resolve() } : startRedis()
}

/** Start a server; one that gets its port taken by somebody else tries another. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const binary = options.binary ?? (await redisBinary())
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(binary, options)
    } catch (error) {
      if (options.port !== undefined || tries === TRIES) throw error
    }
  }
}

/** The server program: REDIS_SERVER_BIN, else from PATH, else installed from Debian. @throws Error saying what to install. */
export async function redisBinary(): Promise<string> {
  const found = process.env.REDIS_SERVER_BIN ?? findProgram('redis-server') ?? findProgram('valkey-server')
  if (found !== undefined) return found
  if (!canInstallPackages()) throw new Error(INSTALL_HINT)
  await installDebianPackage('redis-server', 'redis-server')
  const installed = findProgram('redis-server')
  if (installed === undefined) throw new Error(INSTALL_HINT)
  return installed
}

/** The program of Valkey: VALKEY_SERVER_BIN, else from PATH, else installed from Debian. @throws Error saying what to install. */
export async function valkeyBinary(): Promise<string> {
  const found = process.env.VALKEY_SERVER_BIN ?? findProgram('valkey-server')
  if (found !== undefined) return found
  if (!canInstallPackages()) throw new Error(VALKEY_HINT)
  await installDebianPackage('valkey-server', 'valkey-server', { from: 'backports' })
  const installed = findProgram('valkey-server')
  if (installed === undefined) throw new Error(VALKEY_HINT)
  return installed
}

async function startOnce(binary: string, options: RedisServerOptions): Promise<RedisServer> {
  const { args = [], configFile, port = await freePort() } = options
  const folder = mkdtempSync(join(tmpdir(), 'taskspace-redis-'))
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no']
  // A Sentinel takes no such directives.
  const memory = configFile === undefined ? ['--save', '', '--appendonly', 'no'] : []
  const config = configFile === undefined ? [] : [configFile]
  const server = await startSupervised([binary, ...config, ...place, ...memory, ...args], folder)
  try {
    await isReady(server, port)
  } catch (error) {
    await server.stop()
    throw error
  }
  return { url: `redis://127.0.0.1:${port}`, port, folder, process: server, stop: () => server.stop() }
}

/** It says so in its log, and so it is ours that listens there; a server that reads its data takes connections before. */
async function isReady(server: SupervisedProcess, port: number): Promise<void> {
  let ended = false
  const end = server.ended.then(() => {
    ended = true
  })
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    if (/ready to accept connections|Sentinel ID is/i.test(server.output()) && (await listens(port))) return
    if (ended) break
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 5))])
  }
  throw new Error(`the Redis server did not start:\n${server.output()}`)
}

/** A server with TLS alone has no plain port; its log has to do. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
