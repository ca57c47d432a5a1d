import { type ClaimReply, type ClaimRequest, NOTHING_CLAIMED } from '@taskspace/core/backend'
import type { QueueState } from './queue-state.ts'
import type { Store } from './store.ts'

/** What a claim that waits needs. */
export interface ClaimWaitOptions {
  readonly store: Store
  /** Try again. */
  readonly retry: () => ClaimReply
  readonly request: ClaimRequest
  readonly waitMs: number
  readonly signal: AbortSignal | undefined
}

/** A claim that waits for its first job, in line with the others that wait for its queues. */
export class ClaimWait {
  readonly reply: Promise<ClaimReply>
  readonly #options: ClaimWaitOptions
  readonly #queues: readonly QueueState[]
  readonly #stop: () => void
  #resolve: (reply: ClaimReply) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined
  #isWoken = false

  constructor(options: ClaimWaitOptions) {
    const { store, request, waitMs, signal } = options
    this.#options = options
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const names = 'fair' in request.queues ? request.queues.fair : request.queues
    this.#queues = names.map((name) => store.queue(name))
    for (const queue of this.#queues) queue.waiting.add(this)
    const giveUp = (): void => this.giveUp()
    const timer = store.clock.setTimer(giveUp, waitMs)
    signal?.addEventListener('abort', giveUp)
    this.#stop = () => {
      timer.cancel()
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** Answer with nothing. Idempotent. */
  giveUp(): void {
    this.#leave()
    this.#resolve(NOTHING_CLAIMED)
  }

  /** Try again once what runs now is stored. */
  wake(): void {
    if (this.#isWoken) return
    this.#isWoken = true
    queueMicrotask(() => {
      this.#isWoken = false
      if (this.#queues.some((queue) => queue.waiting.has(this))) this.#retry()
    })
  }

  #retry(): void {
    try {
      const reply = this.#options.retry()
      if (reply.jobs.length === 0) return
      this.#leave()
      this.#resolve(reply)
    } catch (error) {
      this.#leave()
      this.#reject(error)
    }
  }

  #leave(): void {
    this.#stop()
    for (const queue of this.#queues) {
      queue.waiting.delete(this)
      this.#options.store.forgetQueue(queue)
    }
  }
}

/** Let the claims that wait for a queue try again: one after the other, oldest first. */
export function wakeClaims(queue: QueueState): void {
  for (const claim of queue.waiting) claim.wake()
}
