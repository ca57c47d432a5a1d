import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Broker, type Logger } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'
import { ProcessPool, type ProcessPoolOptions } from '../src/index.ts'
import type { tasks } from './modules/tasks.ts'
import { SOURCES } from './sources.ts'

/** The module of the tasks that the tests run. */
export const TASKS = new URL('./modules/tasks.ts', import.meta.url)

/** A broker in memory, and pools on it; ended with their scope. */
export class PoolFixture {
  readonly broker: Broker
  /** What was logged, each line with its level in front. */
  readonly log: string[] = []
  readonly #folder = mkdtempSync(join(tmpdir(), 'taskspace-process-'))

  constructor() {
    const queue = createTaskQueue(`memory:${randomUUID()}`, { namespace: 'test' })
    this.broker = new Broker(queue, { logger: this.#logger() })
  }

  get queue() {
    return this.broker.queue<typeof tasks>()
  }

  /** A pool that is not started; one worker unless told otherwise. */
  create(options: Partial<ProcessPoolOptions> = {}): ProcessPool {
    const size = options.minWorkers === undefined && options.maxWorkers === undefined ? { workers: 1 } : {}
    return new ProcessPool(this.broker, { module: TASKS, execArgv: SOURCES, grace: 100, ...size, ...options })
  }

  /** A pool that is started. */
  async pool(options?: Partial<ProcessPoolOptions>): Promise<ProcessPool> {
    const pool = this.create(options)
    await pool.start()
    return pool
  }

  /** Path of a file that is not there yet. */
  file(): string {
    return join(this.#folder, randomUUID())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #logger(): Logger {
    const write = (level: string) => (message: string) => {
      this.log.push(`${level} ${message}`)
    }
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }
}

/** Whether a process is there, and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
