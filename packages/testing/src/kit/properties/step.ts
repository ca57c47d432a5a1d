import type { Cascade, OnDuplicate, OnError } from '@taskspace/core/backend'

/** A job of a step. Numbers choose among what there is when the step is made, so that any part of a sequence makes sense. */
export interface JobSketch {
  /** An id that was taken before; absent: a fresh one. */
  readonly name: number | undefined
  readonly queue: number
  readonly priority: number
  readonly edges: readonly {
    readonly kind: 'value' | 'order'
    readonly on: number
    readonly sibling: boolean
    readonly onError: OnError
  }[]
  readonly delayMs: number | undefined
  readonly resultTtlMs: number | undefined
  readonly maxCrashes: number | undefined
  readonly ignoreResult: boolean
  readonly onDuplicate: OnDuplicate
  readonly reuseEnded: boolean
  readonly isChild: boolean
}

/** What becomes of a claim that a step settles. */
export type SettleKind = 'success' | 'failure' | 'retry' | 'later' | 'return' | 'crash' | 'forward' | 'unknown-task'

/** An order of a step. */
export type CommandSketch =
  | { readonly kind: 'cancel'; readonly names: readonly number[]; readonly cascade: Cascade }
  | { readonly kind: 'priority'; readonly name: number; readonly priority: number }
  | { readonly kind: 'depend'; readonly name: number; readonly on: number; readonly onError: OnError }
  | { readonly kind: 'undepend'; readonly name: number; readonly on: number | 'all' }
  | { readonly kind: 'expire-lease' | 'remove'; readonly name: number }
  | { readonly kind: 'drain'; readonly queue: number }

interface BySession {
  /** Which of the sessions does it. */
  readonly session: number
}

/** One thing that a client does, or that time does. */
export type Step =
  | (BySession & { readonly op: 'enqueue'; readonly jobs: readonly JobSketch[] })
  | (BySession & {
      readonly op: 'claim'
      readonly slots: number
      readonly ahead: number
      readonly queues: readonly number[]
    })
  | (BySession & {
      readonly op: 'settle'
      readonly settlements: readonly { readonly pick: number; readonly kind: SettleKind; readonly to: number }[]
      readonly slots: number
    })
  | (BySession & { readonly op: 'append'; readonly pick: number; readonly progress: number; readonly lines: number })
  | (BySession & { readonly op: 'control'; readonly commands: readonly CommandSketch[] })
  | (BySession & { readonly op: 'resume'; readonly keep: readonly boolean[] })
  | (BySession & { readonly op: 'renew' })
  | (BySession & { readonly op: 'end' })
  | (BySession & { readonly op: 'repeat' })
  | { readonly op: 'pass'; readonly quanta: number }
  | { readonly op: 'outage' }
