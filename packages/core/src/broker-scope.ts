import type { HeldJob } from './backend/session.ts'
import type { CallSource } from './broker-calls.ts'
import type { JobScope } from './broker-host.ts'
import { queueOf } from './broker-queue-proxy.ts'
import type { DeferredJob } from './deferred/deferred-job.ts'
import type { CallOptions } from './queue/call-options.ts'
import type { AnyQueue } from './queue/queue.ts'

/** The calls that one job makes. */
export class BrokerScope implements JobScope {
  readonly #source: CallSource
  #open: DeferredJob[] = []

  constructor(source: CallSource, job: HeldJob) {
    // The same object for all calls of the job.
    const parent = { id: job.id, token: job.token }
    this.#source = { ...source, checkOpen: source.checkOpen, parent, made: (entry) => this.#open.push(entry) }
  }

  queue(name = 'default', defaults?: CallOptions): AnyQueue {
    // biome-ignore lint/suspicious/noExplicitAny: gives AnyQueue
    return queueOf<any>(this.#source, name, { defaults })
  }

  get pending(): boolean {
    this.#open = this.#open.filter(isOpen)
    return this.#open.length > 0
  }

  /** A failure that the job has seen itself is its own affair. */
  async flushed(): Promise<void> {
    while (this.pending) {
      const [entry] = this.#open as [DeferredJob]
      const wasSeen = isSeen(entry)
      await entry.enqueued().catch((error) => {
        if (!wasSeen) throw error
      })
    }
  }
}

function isOpen(entry: DeferredJob): boolean {
  return entry.phase === 'gathered' || (entry.isLost && !isSeen(entry))
}

// The call that it is an argument of fails with the same error.
function isSeen(entry: DeferredJob): boolean {
  return entry.isLookedAt || entry.uses > 0
}
