import type { Broker, WorkerPool } from '@taskspace/core'
import { childrenOf } from './child-processes.ts'
import { ownedPool, type PoolName } from './owned-pool.ts'
import type { SoakOwners } from './owners.ts'

/** This program as the one owner of a pool, on a store in its memory. */
export class ThisProgram implements SoakOwners {
  readonly #pool: WorkerPool

  constructor(kind: PoolName, broker: Broker, execArgv?: readonly string[]) {
    this.#pool = ownedPool(kind, broker, execArgv)
  }

  ready(): Promise<void> {
    return this.#pool.start()
  }

  killOne(): Promise<never> {
    throw new Error('this program cannot go on without itself')
  }

  killChild(): boolean {
    const children = childrenOf(process.pid)
    const pid = children[Math.floor(Math.random() * children.length)]
    if (pid === undefined) return false
    try {
      return process.kill(pid, Math.random() < 0.5 ? 'SIGKILL' : 'SIGTERM')
    } catch {
      // It has ended meanwhile.
      return false
    }
  }

  async stop(): Promise<readonly number[]> {
    await this.#pool.stop()
    return childrenOf(process.pid)
  }
}
