import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Call, NewJob } from '../../src/backend.ts'
import { Broker } from '../../src/broker.ts'
import type { JobRef } from '../../src/queue/deferred.ts'
import { gate, KeptLog, settled } from './broker-on-fake.ts'
import { FakeQueue, type Fault } from './fake-queue.ts'
import { ManualClock } from './manual-clock.ts'

/** A network that may deliver an enqueue once more, at any later time. */
class LateCopies extends FakeQueue {
  readonly copies: (() => Promise<unknown>)[] = []

  override enqueue(call: Call, jobs: readonly NewJob[]) {
    const deliver = () => super.enqueue(call, jobs)
    this.copies.push(deliver)
    return deliver()
  }
}

type Step =
  | { readonly kind: 'call'; readonly count: number }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly operation: 'enqueue' | 'resume' | 'begin' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'copy'; readonly index: number }
  | { readonly kind: 'forget' }
  | { readonly kind: 'delay' }
  | { readonly kind: 'away'; readonly outcome: 'rejected' | 'unknown' | undefined }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('call'), count: fc.constantFrom(1, 2, 3, 5, 40, 100) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('fault'),
      fault: fc.constantFrom('lose-request', 'lose-reply'),
      operation: fc.constantFrom('enqueue', 'enqueue', 'enqueue', 'resume', 'begin'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 0, max: 4_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('copy'), index: fc.nat({ max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delay') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('away'), outcome: fc.constantFrom('rejected', 'unknown', undefined) }),
  },
) as fc.Arbitrary<Step>

class Run {
  readonly store: LateCopies
  readonly clock = new ManualClock()
  readonly broker: Broker
  #delay = gate()
  readonly made: JobRef[] = []
  readonly answers = new Map<string, 'stored' | 'rejected' | 'unknown'>()

  constructor(pipelines: boolean) {
    this.store = new LateCopies('fake://store', pipelines)
    this.broker = new Broker(this.store, { clock: this.clock, logger: new KeptLog(), enqueueTimeout: '2s' })
  }

  async take(next: Step): Promise<void> {
    if (next.kind === 'call') this.#call(next.count)
    else if (next.kind === 'fault') this.store.fault(next.operation, next.fault)
    else if (next.kind === 'pass') await this.#pass(next.ms)
    else if (next.kind === 'delay') this.#hold()
    else if (next.kind === 'copy') void this.store.copies[next.index]?.().catch(() => undefined)
    else if (next.kind === 'forget') this.store.forgetSessions()
    else this.store.away = next.outcome
    await settled()
  }

  async end(): Promise<void> {
    this.store.faults.clear()
    this.store.away = undefined
    this.#delay.open()
    await settled()
    await this.clock.advance(10_000)
    await this.broker.close()
  }

  /** Requests are on their way until time passes. */
  #hold(): void {
    this.#delay.open()
    this.#delay = gate()
    this.store.gates.set('enqueue', this.#delay.opened)
  }

  async #pass(ms: number): Promise<void> {
    this.#delay.open()
    await settled()
    await this.clock.advance(ms)
  }

  #call(count: number): void {
    const q = this.broker.queue()
    for (let made = 0; made < count; made += 1) {
      const d: JobRef = q.math.num(this.made.length)
      this.made.push(d)
      d.enqueued().then(
        () => this.answers.set(d.id, 'stored'),
        (error) => this.answers.set(d.id, error.outcome),
      )
    }
  }
}

it.each([
  ['one call under way at a time', false],
  ['several calls under way at once', true],
])(
  'loses no accepted job, doubles none, keeps the order and tells the truth, with %s [G11]',
  async (_, pipelines) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const run = new Run(pipelines)
        for (const next of steps) await run.take(next)
        await run.end()

        const applied = run.store.enqueued.flat().map(({ id }) => id)
        expect(new Set(applied).size).toBe(applied.length)
        expect(run.answers.size).toBe(run.made.length)
        for (const { id } of run.made) {
          const answer = run.answers.get(id)
          if (answer === 'stored') expect(applied).toContain(id)
          else if (answer === 'rejected') expect(applied).not.toContain(id)
          else expect(answer).toBe('unknown')
        }
        const stored = run.made.map(({ id }) => id).filter((id) => run.answers.get(id) === 'stored')
        expect(applied.filter((id) => stored.includes(id))).toEqual(stored)
      }),
      { numRuns: 300 },
    )
  },
  60_000,
)
