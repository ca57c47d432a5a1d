import type {
  AppendAnswer,
  AppendEntry,
  Call,
  JournalLine,
  JournalPage,
  SessionListener,
  SessionSighting,
  SessionSpec,
  Subscription,
} from '@taskspace/core/backend'
import { ForwardingQueue } from '../../../src/kit.ts'

/** Lets a job write whatever its token. */
export class WritesStale extends ForwardingQueue {
  override async append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    const records = await super.read(entries.map((each) => each.id))
    const current = entries.map((each, at) => ({ ...each, token: records[at]?.token ?? each.token }))
    return super.append(call, current)
  }
}

/** Applies a repeated append as a new one. */
export class WritesTwice extends ForwardingQueue {
  readonly #applied = new Set<string>()

  override append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    const key = `${call.session} ${call.epoch} ${call.lane} ${call.number}`
    if (this.#applied.has(key)) return super.append({ ...call, lane: call.lane + 1000 }, entries)
    this.#applied.add(key)
    return super.append(call, entries)
  }
}

/** Numbers the lines that it has, not those that were written. */
export class CountsWhatItKeeps extends ForwardingQueue {
  override async journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    const page = await super.journal(id, 0, 1000)
    if (page === undefined) return undefined
    const lines = page.lines.map(({ text }, at) => ({ number: at + 1, text }))
    return { ...page, last: lines.length, lines: lines.slice(after, after + limit) }
  }
}

/** Shows the lines of earlier series too. */
export class KeepsOldJournals extends ForwardingQueue {
  readonly #seen = new Map<string, readonly JournalLine[]>()

  override async journal(id: string, after: number, limit: number): Promise<JournalPage | undefined> {
    const page = await super.journal(id, after, limit)
    if (page === undefined) return undefined
    const lines = page.last === 0 ? (this.#seen.get(id) ?? []) : page.lines
    this.#seen.set(id, lines)
    return { ...page, lines }
  }

  override async append(call: Call, entries: readonly AppendEntry[]): Promise<readonly AppendAnswer[]> {
    const answers = await super.append(call, entries)
    for (const { id } of entries) await this.journal(id, 0, 256)
    return answers
  }
}

/** Tells nobody of what is appended. */
export class TellsNoNews extends ForwardingQueue {
  override listen(session: string, listener: SessionListener): Promise<Subscription> {
    return super.listen(session, {
      outcomes: (outcomes) => listener.outcomes(outcomes),
      notice: () => listener.notice(),
      due: (at) => listener.due(at),
      news: () => undefined,
      interrupted: () => listener.interrupted(),
    })
  }
}

/** Has every session seen just now. */
export class SeesAllNow extends ForwardingQueue {
  override async sightings(owner: string): Promise<readonly SessionSighting[]> {
    const [found, seenAt] = await Promise.all([super.sightings(owner), super.now()])
    return found.map((each) => ({ ...each, seenAt }))
  }
}

/** Lets what a session said of itself first stand for ever. */
export class KeepsFirstTasks extends ForwardingQueue {
  override begin({ revision: _revision, ...session }: SessionSpec): Promise<void> {
    return super.begin(session)
  }
}
