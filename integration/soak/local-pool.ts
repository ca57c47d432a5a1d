import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Broker, type PoolOptions, type Queue } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'
import { ProcessPool } from '@taskspace/process-pool'
import { ThreadPool } from '@taskspace/thread-pool'
import type { soak } from './soak-tasks.ts'

/** A kind of pool whose jobs run apart. */
export type IsolatedKind = 'thread' | 'process'

/** How often it is looked for a file, in ms. */
const LOOK_MS = 2

/** What workers run: in the sources while those are used, so that it is compiled alike. */
const MODULE = new URL('./soak-tasks.ts', import.meta.url)

/** A store in memory and pools on it, in this program; `execArgv`: options of Node for workers, default this program's. */
export class LocalPools {
  readonly broker = new Broker(createTaskQueue(`memory:${randomUUID()}`, { namespace: 'soak' }), { logger: QUIET })
  readonly #kind: IsolatedKind
  readonly #execArgv: readonly string[] | undefined
  readonly #folder = mkdtempSync(join(tmpdir(), 'taskspace-soak-'))

  constructor(kind: IsolatedKind, execArgv?: readonly string[]) {
    this.#kind = kind
    this.#execArgv = execArgv
  }

  get tasks(): Queue<typeof soak>['soak'] {
    return this.broker.queue<typeof soak>().soak
  }

  /** A pool that is started. */
  async start(options: PoolOptions & { readonly workers: number }): Promise<ThreadPool | ProcessPool> {
    const all = { ...options, module: MODULE, execArgv: this.#execArgv }
    const pool =
      this.#kind === 'thread'
        ? new ThreadPool(this.broker, all)
        : new ProcessPool(this.broker, { ...all, sandbox: true })
    await pool.start()
    return pool
  }

  /** Path of a file that is not there yet. */
  file(): string {
    return join(this.#folder, randomUUID())
  }

  async close(): Promise<void> {
    await this.broker.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const quiet = (): void => undefined
const QUIET = { debug: quiet, info: quiet, warn: quiet, error: console.error }

/** What a task has said in a file, as soon as it has. */
export async function saidIn(file: string): Promise<unknown> {
  while (!existsSync(file)) await sleep(LOOK_MS)
  return JSON.parse(readFileSync(file, 'utf8'))
}
