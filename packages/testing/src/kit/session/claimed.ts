import type { ClaimedJob, ClaimedValue, ClaimReply } from '@taskspace/core/backend'
import { expect } from 'vitest'

/** Ids in their order. */
export function idsOf(jobs: readonly { readonly id: string }[]): string[] {
  return jobs.map((each) => each.id)
}

/** The value at hand; fails the case if there is none. */
export function present<T>(found: T | undefined, what: string): T {
  if (found === undefined) expect.fail(`${what} is missing`)
  return found
}

/** A job of a claim reply by its id, or the only one. */
export function jobOf(reply: ClaimReply, id?: string): ClaimedJob {
  const found = id === undefined ? reply.jobs[0] : reply.jobs.find((each) => each.id === id)
  return present(found, id === undefined ? 'a claimed job' : `claimed job ${id}`)
}

/** The argument values of a claimed job, in the order of its holes. */
export function argumentsOf(reply: ClaimReply, id?: string): ClaimedValue[] {
  return (jobOf(reply, id).args ?? []).map((index) => present(reply.values[index], `value ${index}`))
}

/** A value of the table that rides in the reply. */
export function inline(payload: string | Uint8Array): ClaimedValue {
  return { kind: 'value', payload }
}
