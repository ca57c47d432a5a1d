import { AsyncLocalStorage } from 'node:async_hooks'
import { CONTRACT_VERSION } from '../backend/limits.ts'
import type { CurrentJob } from '../current-job.ts'
import { VersionMismatch } from '../errors/backend-errors.ts'
import type { OutputName } from './output-tap.ts'

/** What code that runs inside a job finds: what the task sees, and what the library needs besides. */
export interface JobContextLike extends CurrentJob {
  /**
   * The job waits for job `id` until `until` settles: its slot is lent to another job meanwhile, so that a job may wait
   * for one of its own queue. Where it takes a while to know, a promise that rejects if it may not wait; it does not
   * reject for what `until` does.
   *
   * @throws WouldDeadlock if every slot that may be lent is lent: the wait could last for ever.
   */
  waiting(id: string, until: Promise<unknown>): Promise<void> | undefined
  /** The job wrote to an output of its process, where outputs are tapped. Bytes are UTF-8. */
  wrote(output: OutputName, piece: string | Uint8Array): void
}

interface Shared {
  readonly contractVersion: number
  readonly storage: AsyncLocalStorage<JobContextLike>
}

const KEY: unique symbol = Symbol.for('taskspace/current-job')

/** The job that the running code belongs to; one storage for all copies of the package. */
export const jobStorage: AsyncLocalStorage<JobContextLike> = shared().storage

function shared(): Shared {
  const world = globalThis as { [KEY]?: Shared }
  world[KEY] ??= { contractVersion: CONTRACT_VERSION, storage: new AsyncLocalStorage() }
  const found = world[KEY]
  if (found.contractVersion === CONTRACT_VERSION) return found
  throw new VersionMismatch(
    `two copies of @taskspace/core are loaded, with contract versions ${found.contractVersion} and ${CONTRACT_VERSION}: install one`,
  )
}
