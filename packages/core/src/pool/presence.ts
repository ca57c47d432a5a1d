import type { BrokerHost } from '../broker-host.ts'
import { isAway } from '../client/away.ts'
import type { EngineParts } from './engine-parts.ts'
import type { PoolSettings } from './pool-options.ts'
import { takeOver } from './take-over.ts'

/** What a presence works with. */
export interface PresenceOptions {
  readonly host: BrokerHost
  readonly settings: PoolSettings
  readonly parts: Pick<EngineParts, 'session' | 'lease' | 'feed' | 'announcement' | 'faults'>
}

/** How a pool is known to the backend: its session and lease, what it hears, the tasks that it says it has. */
export class Presence {
  readonly #options: PresenceOptions
  #unhear: (() => void) | undefined

  constructor(options: PresenceOptions) {
    this.#options = options
  }

  /** Be known. After a failure nothing is left of it. @throws BackendUnavailable; PoolNameTaken */
  async begin(): Promise<void> {
    const { host, parts } = this.#options
    this.#unhear = host.tasks.onChange(() => parts.announcement.changed())
    try {
      await parts.session.open()
      parts.lease.start()
      void parts.feed.open()
      await this.#takeOver()
    } catch (error) {
      await this.end()
      throw error
    }
  }

  /** Leave: what is held still goes back. */
  async end(): Promise<void> {
    const { session, lease, feed, announcement, faults } = this.#options.parts
    this.#unhear?.()
    announcement.stop()
    lease.stop()
    await feed.close()
    try {
      await session.close()
    } catch (error) {
      // What is held still goes back when the lease ends.
      if (!isAway(error)) faults.report('closing the session', error)
    }
  }

  /** From here on others who look for the owner of the session see that it lives. */
  async #takeOver(): Promise<void> {
    const { host, settings, parts } = this.#options
    const { resume, owner } = settings
    if (!resume || owner === undefined) return
    await takeOver({ queue: host.queue, clock: host.clock, session: parts.session.id, owner })
  }
}
