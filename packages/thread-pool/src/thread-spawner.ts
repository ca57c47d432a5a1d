import type { WorkerLink, WorkerSpawner } from '@taskspace/core/pool'
import { ThreadLink } from './thread-link.ts'
import type { ThreadSettings } from './thread-settings.ts'
import { UnstartedThread } from './unstarted-thread.ts'

/** Makes threads. */
export class ThreadSpawner implements WorkerSpawner {
  readonly #settings: ThreadSettings

  constructor(settings: ThreadSettings) {
    this.#settings = settings
  }

  // A thread has no output of its own but what its code writes through `process`, which the worker catches itself.
  spawn(): WorkerLink {
    try {
      return new ThreadLink(this.#settings)
    } catch (error) {
      return new UnstartedThread(error)
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
