import type { Broker, WorkerPool } from '@taskspace/core'
import { childrenOf } from '../../tools/child-processes.ts'
import { killAny } from './kill-any.ts'
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
    return killAny(childrenOf(process.pid))
  }

  async stop(): Promise<readonly number[]> {
    await this.#pool.stop()
    return childrenOf(process.pid)
  }
}
