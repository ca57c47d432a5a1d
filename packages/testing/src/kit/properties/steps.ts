import type { Cascade, OnDuplicate, OnError } from '@taskspace/core/backend'
import fc from 'fast-check'
import type { CommandSketch, JobSketch, SettleKind, Step } from './step.ts'

/** One of the jobs stored last, the newest being 0. */
const name = fc.nat(9)
const session = fc.nat(2)
/** One value most of the time, now and then another. */
function often<T>(value: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
}

const onError = fc.constantFrom<OnError[]>('fail', 'pass', 'wait')

const jobSketch: fc.Arbitrary<JobSketch> = fc.record({
  name: fc.oneof(fc.constant(undefined), fc.constant(undefined), name),
  queue: fc.nat(1),
  priority: fc.constantFrom(0, 0, 0, 1, -1),
  edges: fc.oneof(
    fc.constant([]),
    fc.array(
      fc.record({ kind: fc.constantFrom('value', 'value', 'order'), on: name, sibling: fc.boolean(), onError }),
      {
        maxLength: 3,
      },
    ),
  ),
  // Half a quantum apart from every sweep, so that a clock that runs meanwhile does not matter.
  delayMs: often(undefined, 14_000, 34_000),
  resultTtlMs: often(undefined, 0, 22_000),
  maxCrashes: often(undefined, 1, 2),
  ignoreResult: often(false, true),
  onDuplicate: fc.constantFrom<OnDuplicate[]>('reject', 'replace', 'return'),
  reuseEnded: fc.boolean(),
  isChild: often(false, true),
})

const settlement = fc.record({
  // Mostly the newest claim; the others are over, as a rule.
  pick: fc.constantFrom(0, 0, 0, 0, 1, 2, 5),
  kind: fc.constantFrom<SettleKind[]>(
    ...([
      'success',
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

const drain = fc.record({ kind: fc.constant('drain' as const), queue: fc.nat(1) })

const order: fc.Arbitrary<CommandSketch> = fc.oneof(
  fc.record({
    kind: fc.constant('cancel' as const),
    names: fc.array(name, { minLength: 1, maxLength: 3 }),
    cascade: fc.constantFrom<Cascade[]>('refuse', 'cancel', 'release'),
  }),
  fc.record({ kind: fc.constant('priority' as const), name, priority: fc.integer({ min: -1, max: 1 }) }),
  fc.record({ kind: fc.constant('depend' as const), name, on: name, onError }),
  fc.record({ kind: fc.constant('undepend' as const), name, on: fc.oneof(name, fc.constant('all' as const)) }),
  fc.record({ kind: fc.constantFrom('expire-lease' as const, 'remove' as const), name }),
)

const command = fc.oneof({ weight: 9, arbitrary: order }, { weight: 1, arbitrary: drain })

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
    weight: 7,
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
      lines: fc.nat(2),
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
      keep: fc.array(often(true, false), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom('renew' as const, 'repeat' as const, 'repeat' as const, 'repeat' as const),
      session,
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('pass' as const), quanta: fc.constantFrom(1, 2, 4, 9) }) },
  { weight: 1, arbitrary: often<Step>({ op: 'outage' }, { op: 'end', session: 0 }, { op: 'end', session: 1 }) },
)

/** Sequences of steps. */
export const steps: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' })
