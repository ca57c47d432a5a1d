import type { Clock } from '../backend/clock.ts'
import type { SessionSighting } from '../backend/session.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import { pause } from '../client/pause.ts'
import { PoolNameTaken } from './pool-name-taken.ts'

/** What taking over takes. */
export interface TakeOverOptions {
  readonly queue: Pick<TaskQueue, 'sightings' | 'end'>
  readonly clock: Clock
  /** The session that takes over; it has begun. */
  readonly session: string
  /** Whose sessions are taken over. */
  readonly owner: string
}

/** One that lives is seen in this time: it renews each second while it holds jobs, and at once when it is asked for. */
const SILENCE_MS = 2_500

const LOOK_MS = 250

/**
 * End the sessions of an owner that were begun before this one and that nobody renews any more: what they hold goes back
 * at once, uncharged, to the front of its lines.
 *
 * @throws PoolNameTaken if one of them is seen to live: then nothing is changed. BackendUnavailable.
 */
export async function takeOver({ queue, clock, session, owner }: TakeOverOptions): Promise<void> {
  let silent = olderOf(await queue.sightings(owner), session)
  for (let waitedMs = 0; silent.length > 0 && waitedMs < SILENCE_MS; waitedMs += LOOK_MS) {
    await pause(clock, LOOK_MS)
    const now = olderOf(await queue.sightings(owner), session)
    if (now.some((sighting) => isLater(sighting, silent))) throw new PoolNameTaken(owner)
    silent = now
  }
  for (const { id } of silent) await queue.end(id)
}

/** Sightings come in the order in which the sessions were begun: of two that start at once, the older one goes on. */
function olderOf(sightings: readonly SessionSighting[], session: string): readonly SessionSighting[] {
  const own = sightings.findIndex(({ id }) => id === session)
  return own < 0 ? sightings : sightings.slice(0, own)
}

function isLater({ id, seenAt }: SessionSighting, before: readonly SessionSighting[]): boolean {
  return before.some((sighting) => sighting.id === id && sighting.seenAt < seenAt)
}
