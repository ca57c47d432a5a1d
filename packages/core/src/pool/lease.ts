import type { Clock, Timer } from '../backend/clock.ts'
import type { RenewReply } from '../backend/session.ts'
import type { Session } from '../client/session.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'

/** What a lease asks and tells its pool. */
export interface LeaseOwner {
  /** How many jobs it holds. */
  heldCount(): number
  /** Changes whenever a job is claimed or let go; `undefined` while a settlement is under way. */
  heldVersion(): number | undefined
  /** What the backend told at a renewal. */
  renewed(reply: RenewReply): void
  /** The lease may end before it can be renewed: what it holds may run elsewhere soon. */
  distrust(): void
  /** A beat has passed. */
  beat(): void
  /** Something else went wrong than that the backend is away. */
  failed(what: string, error: unknown): void
}

/** What a lease works with. */
export interface LeaseOptions {
  readonly clock: Clock
  readonly session: Session
  readonly leaseMs: number
  readonly owner: LeaseOwner
}

/** How often a pool renews that holds jobs, and one that holds none, to stay known. */
const HEARTBEAT_MS = 1_000
const IDLE_MS = 15_000

/**
 * Keeps what a pool holds its own: renews while there is something, checks the count, and says when the lease is not to be
 * trusted any more.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #beatMs: number
  #timer: Timer | undefined
  #dueAt = 0
  #slow = true
  #trustedUntil = Number.POSITIVE_INFINITY
  #renewing: Promise<void> | undefined
  #mismatches = 0
  #stopped = false

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#beatMs = Math.min(HEARTBEAT_MS, options.leaseMs / 5)
  }

  /** Begin to beat. */
  start(): void {
    this.#arm(IDLE_MS)
  }

  /** Beat no more. */
  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  /** A call made at this time, which sets the lease anew, was applied. */
  extended(at: number): void {
    this.#trustedUntil = at + this.#options.leaseMs
    if (this.#slow && !this.#stopped) {
      this.#slow = false
      this.#arm(this.#beatMs)
    }
  }

  /** Renew now, or share the renewal under way. @throws BackendUnavailable; what the backend refuses. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  /** Renew now; whoever asks does not wait for it. */
  renewSoon(): void {
    this.renew().catch((error: unknown) => this.#failed(error))
  }

  #arm(delayMs: number): void {
    const { clock } = this.#options
    this.#timer?.cancel()
    this.#dueAt = clock.now() + delayMs
    this.#timer = clock.setTimer(() => this.#beat(), delayMs)
  }

  #beat(): void {
    const { clock, owner } = this.#options
    const now = clock.now()
    const holds = owner.heldCount() > 0
    // After a stall of this process the first beat comes too late to judge by: renew first, judge at the next.
    const onTime = now - this.#dueAt < this.#beatMs
    if (holds && onTime && now >= this.#trustedUntil - 2 * this.#beatMs) owner.distrust()
    owner.beat()
    const wasSlow = this.#slow
    this.#slow = !holds
    this.#arm(holds ? this.#beatMs : IDLE_MS)
    if (holds || wasSlow) this.renewSoon()
  }

  async #renew(): Promise<void> {
    const { clock, session, owner } = this.#options
    const { id } = session
    const at = clock.now()
    const version = owner.heldVersion()
    try {
      const reply = await session.renew()
      if (owner.heldCount() > 0) this.extended(at)
      this.#compare(reply.held, version)
      owner.renewed(reply)
    } catch (error) {
      if (!isTaskspaceError(error, 'SESSION_UNKNOWN') && !isTaskspaceError(error, 'SESSION_ENDED')) throw error
      await session.restart(id)
    }
  }

  /** Two renewals in a row that tell another count than is known here, while nothing changed: a reply was lost. */
  #compare(held: number, versionBefore: number | undefined): void {
    const { owner, session } = this.#options
    if (versionBefore === undefined || owner.heldVersion() !== versionBefore) return
    this.#mismatches = held === owner.heldCount() ? 0 : this.#mismatches + 1
    if (this.#mismatches < 2) return
    this.#mismatches = 0
    session.doubt()
    session.reconcile().catch((error: unknown) => this.#failed(error))
  }

  #failed(error: unknown): void {
    if (isTaskspaceError(error, 'BACKEND_UNAVAILABLE') || isTaskspaceError(error, 'CLOSED')) return
    this.#options.owner.failed('renewing the lease', error)
  }
}
