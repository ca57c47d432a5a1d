import type { ClaimReply, ClaimRequest } from '../backend/claim.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import type { Lane } from '../client/lane.ts'
import type { Session } from '../client/session.ts'

/** What the desk tells its pool. */
export interface ClaimDeskOwner {
  /** The claim is over, with jobs or with none. */
  waited(reply: ClaimReply, request: ClaimRequest): void
  /** The claim failed: nothing was claimed that is known of. */
  unclaimed(request: ClaimRequest, error: unknown): void
}

/** What a desk works with. */
export interface ClaimDeskOptions {
  readonly queue: Pick<TaskQueue, 'claim'>
  readonly session: Session
  readonly lane: Lane
  readonly owner: ClaimDeskOwner
}

/** How long one claim waits for jobs: an idle pool makes one a minute. */
const WAIT_MS = 60_000

/** Keeps one claim open that waits for jobs. */
export class ClaimDesk {
  readonly #options: ClaimDeskOptions
  #interrupt = new AbortController()
  #hush: AbortSignal | undefined
  #open = false

  constructor(options: ClaimDeskOptions) {
    this.#options = options
  }

  /** Whether a claim waits. */
  get isOpen(): boolean {
    return this.#open
  }

  /** Wait for jobs. */
  open(request: ClaimRequest): void {
    const { queue, lane, owner } = this.#options
    if (this.#interrupt.signal.aborted) this.#interrupt = new AbortController()
    const { signal } = this.#interrupt
    this.#open = true
    lane
      .send(
        (call) => {
          this.#heedHush()
          return queue.claim(call, request, WAIT_MS, signal)
        },
        { signal },
      )
      .then(
        (reply) => {
          this.#open = false
          owner.waited(reply, request)
        },
        (error: unknown) => {
          this.#open = false
          owner.unclaimed(request, error)
        },
      )
  }

  /** Let the claim that waits return with what it has. */
  interrupt(): void {
    this.#interrupt.abort()
  }

  /** Return as well when the session wants quiet. One listener for many claims, since joining signals for each is slow. */
  #heedHush(): void {
    const { hush } = this.#options.session
    if (this.#hush === hush) return
    this.#hush = hush
    hush.addEventListener('abort', () => this.#interrupt.abort(), { once: true })
  }
}
