import type { HeldJob, RenewReply, ResumeReply, SessionSighting, SessionSpec } from '@taskspace/core/backend'
import type { StoredNews } from './news.ts'
import { escapeText, unescapeText } from './text-escapes.ts'

/** Parameters of `begin_v1` for a session. */
export function beginValues(spec: SessionSpec): readonly unknown[] {
  const { id, leaseMs, tasks, queues, label, owner, revision = 0 } = spec
  return [
    escapeText(id),
    leaseMs ?? null,
    tasks === undefined ? null : tasksJson(tasks),
    queues?.map(escapeText) ?? null,
    label === undefined ? null : escapeText(label),
    owner === undefined ? null : escapeText(owner),
    revision,
  ]
}

function tasksJson(tasks: NonNullable<SessionSpec['tasks']>): string {
  // Not through an object: any string is a name.
  const entries = Object.entries(tasks).map(([name, policy]) => {
    return `${JSON.stringify(escapeText(name))}:${JSON.stringify(policy ?? null)}`
  })
  return `{${entries.join(',')}}`
}

/** What `renew_v1` answers. */
export interface StoredRenewal {
  readonly held: number
  readonly canceled: readonly (readonly [id: string, token: number, reason: string])[] | null
  readonly lost: readonly (readonly [id: string, token: number])[] | null
}

/** What a renewal tells. */
export function renewReply({ held, canceled, lost }: StoredRenewal): RenewReply {
  return {
    held,
    canceled: (canceled ?? []).map(([id, token, reason]) => ({
      ...{ id: unescapeText(id), token, reason: unescapeText(reason) },
    })),
    lost: (lost ?? []).map(([id, token]) => ({ id: unescapeText(id), token })),
  }
}

/** What `resume_v1` answers: the lost ones as indices of those named. */
export interface StoredResume {
  readonly lost: readonly number[] | null
  readonly applied: Readonly<Record<number, number>>
  readonly news: readonly StoredNews[]
}

/** What a resumption found. */
export function resumeReply({ lost, applied }: StoredResume, named: readonly HeldJob[]): ResumeReply {
  return { lost: (lost ?? []).flatMap((index) => named[index] ?? []), applied }
}

/** What `sightings_v1` answers. */
export interface StoredSightings {
  readonly sightings: readonly (readonly [id: string, seenAt: number, held: number])[]
  readonly news: readonly StoredNews[]
}

/** Sessions as they were seen. */
export function sightingsOf({ sightings }: StoredSightings): readonly SessionSighting[] {
  return sightings.map(([id, seenAt, held]) => ({ id: unescapeText(id), seenAt, held }))
}
