import { type ClaimReply, type ClaimRequest, NOTHING_CLAIMED } from '../backend/claim.ts'
import type { Clock } from '../backend/clock.ts'
import { MAX_BATCH_BYTES } from '../backend/limits.ts'
import type { Payload } from '../backend/payload.ts'
import type { SettleAnswer, Settlement } from '../backend/settlement.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Lane } from '../client/lane.ts'
import { shareOf } from '../client/share.ts'
import type { HeldRun } from './held-run.ts'

/** Runs, and what each comes to. */
export interface SettleBatch {
  readonly runs: readonly HeldRun[]
  readonly settlements: readonly Settlement[]
}

/** What the desk asks and tells its pool. */
export interface SettleDeskOwner {
  /** What to claim in the same call; `undefined`: nothing. Counts as asked for until `settled` or `unsettled`. */
  claimWithSettle(): ClaimRequest | undefined
  settled(batch: SettleBatch, answers: readonly SettleAnswer[]): void
  /** Jobs that came with it, asked for by `request` at the time `sentAt`. */
  claimed(reply: ClaimReply, request: ClaimRequest, sentAt: number): void
  /** The call failed for good: what it said may count or not, and nothing was claimed that is known of. */
  unsettled(batch: SettleBatch, request: ClaimRequest | undefined, error: unknown): void
  /** A call is over, and a lane free. */
  deskFree(): void
}

/** What a desk works with. */
export interface SettleDeskOptions {
  readonly queue: Pick<TaskQueue, 'settle'>
  readonly clock: Clock
  /** The calls under way at once, at most. */
  readonly lanes: readonly Lane[]
  readonly owner: SettleDeskOwner
  /** Told how long each call took, in ms. */
  readonly trip: (ms: number) => void
}

/** Among how many calls settlements are shared; the other lanes are for those that come meanwhile. */
const SHARES = 2

/**
 * Tells the backend what became of jobs: those of one tick in one call, or in two if they are many, at once if a lane is
 * free: the backend decides some while the jobs run that came with others. Each call also claims for the slots that have
 * become free.
 */
export class SettleDesk {
  readonly #options: SettleDeskOptions
  readonly #idle: Lane[]
  #runs: HeldRun[] = []
  #settlements: Settlement[] = []
  #settlementsUnderWay = 0

  constructor(options: SettleDeskOptions) {
    this.#options = options
    this.#idle = [...options.lanes]
  }

  /** Settlements that wait for a lane. */
  get waitingCount(): number {
    return this.#runs.length
  }

  /** Calls under way. */
  get underWay(): number {
    return this.#options.lanes.length - this.#idle.length
  }

  /** Whether everything was told. */
  get isEmpty(): boolean {
    return this.#runs.length === 0 && this.underWay === 0
  }

  /** Tell this with the next `flush`. */
  add(run: HeldRun, settlement: Settlement): void {
    this.#runs.push(run)
    this.#settlements.push(settlement)
  }

  /** Send what waits, as far as lanes are free. */
  flush(): void {
    while (this.#runs.length > 0) {
      const lane = this.#idle.pop()
      if (lane === undefined) return
      this.#send(lane, this.#nextBatch())
    }
  }

  #nextBatch(): SettleBatch {
    const count = batchLength(this.#settlements, shareOf(this.#settlements.length, this.#settlementsUnderWay, SHARES))
    const all = { runs: this.#runs, settlements: this.#settlements }
    if (count < all.runs.length)
      return { runs: all.runs.splice(0, count), settlements: all.settlements.splice(0, count) }
    this.#runs = []
    this.#settlements = []
    return all
  }

  #send(lane: Lane, batch: SettleBatch): void {
    const { queue, clock, owner, trip } = this.#options
    const request = owner.claimWithSettle()
    const sentAt = clock.now()
    const startedAt = performance.now()
    this.#settlementsUnderWay += batch.settlements.length
    lane
      .send((call) => queue.settle(call, batch.settlements, request))
      .then(
        ({ answers, claim }) => {
          trip(performance.now() - startedAt)
          this.#over(lane, batch)
          owner.settled(batch, answers)
          if (request !== undefined) owner.claimed(claim ?? NOTHING_CLAIMED, request, sentAt)
        },
        (error: unknown) => {
          this.#over(lane, batch)
          owner.unsettled(batch, request, error)
        },
      )
  }

  #over(lane: Lane, { settlements }: SettleBatch): void {
    this.#settlementsUnderWay -= settlements.length
    this.#idle.push(lane)
    this.#options.owner.deskFree()
  }
}

/** How many of the first settlements go in one call, of `share` at most; at least one. */
function batchLength(settlements: readonly Settlement[], share: number): number {
  const most = Math.min(settlements.length, share)
  let bytes = 0
  for (let count = 0; count < most; count += 1) {
    bytes += bytesOf(settlements[count] as Settlement)
    if (bytes > MAX_BATCH_BYTES) return Math.max(1, count)
  }
  return most
}

function bytesOf(settlement: Settlement): number {
  if (settlement.kind === 'success') return mostBytes(settlement.value)
  if (!('failure' in settlement)) return 0
  const { text, stack, details } = settlement.failure
  return mostBytes(text) + mostBytes(stack ?? '') + mostBytes(details ?? '')
}

// Not measured: a text takes at most three bytes for each UTF-16 unit, and a batch need not be as full as can be.
function mostBytes(payload: Payload): number {
  return typeof payload === 'string' ? payload.length * 3 : payload.byteLength
}
