import { IsolatedPool, type PoolBroker, type WorkerSpawner } from '@taskspace/core/pool'
import { THREAD_OPTIONS, type ThreadPoolOptions, threadSettings } from './thread-options.ts'
import type { ThreadSettings } from './thread-settings.ts'
import { ThreadSpawner } from './thread-spawner.ts'

/** What a thread runs: beside this file, where it is compiled as well as in the sources. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url).href

/**
 * Runs jobs in worker threads of this process: right for tasks that compute. Each thread loads the module of tasks for
 * itself; threads share nothing but the process.
 *
 * ```ts
 * await using pool = new ThreadPool(broker, { module: new URL('./tasks.js', import.meta.url), workers: 4 })
 * await pool.start()
 * ```
 *
 * A job that does not stop when it is told to is ended with its thread after the grace, even in `for (;;)`; only code
 * outside of JavaScript, such as `execSync`, can hold a thread up for longer. `process.exit()`, a heap that is full and
 * faults that nobody catches end the thread, cost its job a crash, and nobody else anything. What brings a whole process
 * down (a crash of native code, `process.abort()`) takes all threads and the program with it: use a `ProcessPool` for
 * code that is not to be trusted so far. Threads have no debugger port of their own: `node --inspect` shows all of them.
 */
export class ThreadPool extends IsolatedPool {
  readonly #settings: ThreadSettings

  /** @throws InvalidArgument for options that cannot be used. */
  constructor(broker: PoolBroker, options: ThreadPoolOptions) {
    const { resourceLimits, env, execArgv, nice, ...common } = options
    super(broker, common, { ownOptions: THREAD_OPTIONS })
    this.#settings = threadSettings({ resourceLimits, env, execArgv, nice }, ENTRY)
  }

  protected override createSpawner(): WorkerSpawner {
    return new ThreadSpawner(this.#settings)
  }
}
