import {
  type Call,
  type ClaimReply,
  type ClaimRequest,
  NOTHING_CLAIMED,
  type SessionListener,
  type Subscription,
} from '@taskspace/core/backend'
import { ForwardingQueue } from './forwarding-queue.ts'
import { RenewedSubscription } from './renewed-subscription.ts'

/** How often a waiting claim looks, since nothing wakes it. */
const POLL_MS = 5

/**
 * A task queue whose wake-ups all get lost: a waiting claim is woken by nobody and looks again and again, and each push
 * is dropped, leaving a subscription that was interrupted. Whoever keeps the contract loses time by it, never a job.
 */
export class HintlessQueue extends ForwardingQueue {
  readonly #subscriptions: Subscription[] = []
  #isClosed = false

  override async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#subscriptions.splice(0).map((each) => each.close()))
    await super.close()
  }

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    let reply = await super.claim(call, request, 0)
    for (let leftMs = waitMs; reply.jobs.length === 0 && leftMs > 0 && !signal?.aborted; leftMs -= POLL_MS) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      if (this.#isClosed) return NOTHING_CLAIMED
      reply = await super.claim(call, request, 0)
    }
    return reply
  }

  override async listen(session: string, listener: SessionListener): Promise<Subscription> {
    const subscription = await RenewedSubscription.open((wrapped) => super.listen(session, wrapped), listener)
    this.#subscriptions.push(subscription)
    return subscription
  }
}
