import { Broker, type Logger, type Queue } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'
import { eventually, FileGate } from '@taskspace/testing'
import { ThreadPool, type ThreadPoolOptions } from '../src/index.ts'
import type { rough } from './modules/rough-tasks.ts'
import { SOURCES } from './sources.ts'

const PATIENCE_MS = 30_000

/** The URL of a module of tasks that misbehaves. */
export const moduleOf = (name: string): URL => new URL(`./modules/${name}.ts`, import.meta.url)

/** A store of its own, and pools of threads on it, on the real clock. */
export class ThreadWorld {
  readonly log: string[] = []
  readonly broker: Broker
  readonly queue: Queue<typeof rough>
  readonly #gates: FileGate[] = []

  constructor() {
    this.broker = new Broker(createTaskQueue(`memory:${crypto.randomUUID()}`, { namespace: 'threads' }), {
      logger: this.#logger(),
    })
    this.queue = this.broker.queue<typeof rough>()
  }

  pool(options: Partial<ThreadPoolOptions> = {}): ThreadPool {
    return new ThreadPool(this.broker, {
      module: moduleOf('rough-tasks'),
      workers: 1,
      execArgv: SOURCES,
      grace: 100,
      drainTimeout: 0,
      ...options,
    })
  }

  async started(options?: Partial<ThreadPoolOptions>): Promise<ThreadPool> {
    const pool = this.pool(options)
    await pool.start()
    return pool
  }

  gate(): FileGate {
    const gate = new FileGate(PATIENCE_MS)
    this.#gates.push(gate)
    return gate
  }

  eventually<T>(probe: () => T | Promise<T>): Promise<T> {
    return eventually(probe, { timeout: PATIENCE_MS })
  }

  async close(): Promise<void> {
    for (const gate of this.#gates) gate.open()
    await this.broker.close()
    for (const gate of this.#gates) gate.remove()
  }

  #logger(): Logger {
    const write = (level: string) => (message: string) => {
      this.log.push(`${level} ${message}`)
    }
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }
}
