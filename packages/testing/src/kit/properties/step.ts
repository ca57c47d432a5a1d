import type { Cascade, OnDuplicate, OnError } from '@taskspace/core/backend'
import fc from 'fast-check'

/** A job of a step. Numbers choose among what there is when the step is made, so that any part of a sequence makes sense. */
export interface JobSketch {
  readonly name: number
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
  | (BySession & { readonly op: 'append'; readonly pick: number; readonly progress: number })
  | (BySession & { readonly op: 'control'; readonly commands: readonly CommandSketch[] })
  | (BySession & { readonly op: 'resume'; readonly keep: readonly boolean[] })
  | (BySession & { readonly op: 'renew' })
  | (BySession & { readonly op: 'end' })
  | (BySession & { readonly op: 'repeat' })
  | { readonly op: 'pass'; readonly quanta: number }
  | { readonly op: 'outage' }

const name = fc.nat(11)
const session = fc.nat(2)
const onError = fc.constantFrom<OnError[]>('fail', 'pass', 'wait')

const jobSketch: fc.Arbitrary<JobSketch> = fc.record({
  name,
  queue: fc.nat(1),
  priority: fc.constantFrom(0, 0, 0, 1, -1),
  edges: fc.array(fc.record({ kind: fc.constantFrom('value', 'order'), on: name, sibling: fc.boolean(), onError }), {
    maxLength: 3,
  }),
  // Half a quantum apart from every sweep, so that a clock that runs meanwhile does not matter.
  delayMs: fc.constantFrom(undefined, undefined, undefined, 14_000, 34_000),
  resultTtlMs: fc.constantFrom(undefined, undefined, 0, 22_000),
  maxCrashes: fc.constantFrom(undefined, undefined, 1, 2),
  ignoreResult: fc.constantFrom(false, false, false, true),
  onDuplicate: fc.constantFrom<OnDuplicate[]>('reject', 'reject', 'replace', 'return'),
  reuseEnded: fc.boolean(),
  isChild: fc.constantFrom(false, false, false, true),
})

const settlement = fc.record({
  pick: fc.nat(5),
  kind: fc.constantFrom<SettleKind[]>(
    ...([
      'success',
      'success',
      'success',
      'failure',
      'retry',
      'later',
      'return',
      'crash',
      'forward',
      'unknown-task',
    ] as const),
  ),
  to: name,
})

const command: fc.Arbitrary<CommandSketch> = fc.oneof(
  fc.record({
    kind: fc.constant('cancel' as const),
    names: fc.array(name, { minLength: 1, maxLength: 3 }),
    cascade: fc.constantFrom<Cascade[]>('refuse', 'cancel', 'release'),
  }),
  fc.record({ kind: fc.constant('priority' as const), name, priority: fc.integer({ min: -1, max: 1 }) }),
  fc.record({ kind: fc.constant('depend' as const), name, on: name, onError }),
  fc.record({ kind: fc.constant('undepend' as const), name, on: fc.oneof(name, fc.constant('all' as const)) }),
  fc.record({ kind: fc.constantFrom('expire-lease' as const, 'remove' as const), name }),
  fc.record({ kind: fc.constant('drain' as const), queue: fc.nat(1) }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('enqueue' as const),
      session,
      jobs: fc.array(jobSketch, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('claim' as const),
      session,
      slots: fc.integer({ min: 1, max: 3 }),
      ahead: fc.nat(2),
      queues: fc.constantFrom([0], [1], [0, 1], [1, 0]),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('settle' as const),
      session,
      settlements: fc.array(settlement, { minLength: 1, maxLength: 3 }),
      slots: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('append' as const),
      session,
      pick: fc.nat(5),
      progress: fc.constantFrom(0, 0.5, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('control' as const),
      session,
      commands: fc.array(command, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('resume' as const),
      session,
      keep: fc.array(fc.boolean(), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom('renew' as const, 'end' as const, 'repeat' as const, 'repeat' as const),
      session,
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('pass' as const), quanta: fc.constantFrom(1, 2, 4, 9) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('outage' as const) }) },
)

/** Sequences of steps. */
export const steps: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })
