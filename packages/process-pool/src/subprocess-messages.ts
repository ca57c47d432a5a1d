import type { SentError } from '@taskspace/core/pool'

/** What a process of its own is to run: a function that a module exports. */
export interface CallMessage {
  readonly kind: 'call'
  /** File URL. */
  readonly module: string
  readonly name: string
  readonly args: readonly unknown[]
}

/** What came of it. */
export type CallAnswer =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: SentError }
