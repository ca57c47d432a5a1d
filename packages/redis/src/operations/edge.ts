import type { OnError } from '@taskspace/core/backend'

/** Kinds of edges, as numbered in scripts (`prelude.lua`). */
export const EDGE_KINDS = ['value', 'order'] as const

/** What edges do on errors, as numbered in scripts. */
export const ON_ERRORS = ['fail', 'pass', 'wait'] as const satisfies readonly OnError[]

/** The number of an edge's kind. */
export function numberOfKind(kind: (typeof EDGE_KINDS)[number]): number {
  return EDGE_KINDS.indexOf(kind) + 1
}

/** The number of what an edge does on errors. */
export function numberOfOnError(onError: OnError): number {
  return ON_ERRORS.indexOf(onError) + 1
}
