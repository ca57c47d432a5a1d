import type { ClaimRequest } from '@taskspace/core/backend'

/**
 * Settlements that looked for jobs too, and found none: a claim that waits for jobs of the same queues need not look again,
 * where signals tell of whatever came since.
 */
export class FoundEmpty {
  readonly #marks = new Map<string, { readonly queues: ClaimRequest['queues']; readonly mark: number }>()

  /** A look that began at this place in the order of signals found something, or nothing. */
  note(session: string, { slots, queues }: ClaimRequest, mark: number, found: number): void {
    // Some jobs are not handed out ahead.
    if (found === 0 && slots > 0) this.#marks.set(session, { queues, mark })
    else this.#marks.delete(session)
  }

  /** Where the last look of a session began, if it found nothing in these very queues. Says so once. */
  take(session: string, queues: ClaimRequest['queues']): number | undefined {
    const last = this.#marks.get(session)
    this.#marks.delete(session)
    return last?.queues === queues ? last.mark : undefined
  }

  /** The session has ended. */
  forget(session: string): void {
    this.#marks.delete(session)
  }
}
