import type { Call, ClaimRequest } from '@taskspace/core/backend'

/** A settlement under way that also claims. */
export interface Looking {
  readonly number: number
  /** Hints that had come before it was sent. */
  readonly seen: number
}

/**
 * Remembers that the last settlement also claimed and found nothing, so that the claim which waits next need not look again:
 * its client is known to the queues already. It stands until the next settlement, which may make room for other jobs.
 */
export class EmptyLook {
  #settlements = 0
  #found: { readonly what: string; readonly seen: number } | undefined

  /** A settlement is being sent. */
  begin(seen: number): Looking {
    this.#settlements += 1
    this.#found = undefined
    return { number: this.#settlements, seen }
  }

  /** It claimed and found nothing, and those who come are told to wake its client. */
  nothing({ number, seen }: Looking, call: Call, request: ClaimRequest): void {
    if (number === this.#settlements && request.slots > 0) this.#found = { what: nameOf(call, request), seen }
  }

  /** Once: how many hints had come before a look at the same queues that found nothing; `undefined` if there was none. */
  take(call: Call, request: ClaimRequest): number | undefined {
    const found = this.#found
    this.#found = undefined
    return found?.what === nameOf(call, request) ? found.seen : undefined
  }
}

function nameOf({ session }: Call, { queues }: ClaimRequest): string {
  return JSON.stringify([session, queues])
}
