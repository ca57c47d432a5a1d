import { isDeepStrictEqual } from 'node:util'
import { ClaimModel } from './claim-model.ts'
import { must } from './must.ts'
import type { Observation } from './observation.ts'
import type { Enqueued, HandedOut, Obeyed, Repeated, Settled } from './perform.ts'
import { checkCounts, checkKept, checkRecord } from './record-invariants.ts'
import type { Step } from './step.ts'

const NOTHING: Observation = { records: new Map(), counts: new Map(), journals: new Map() }

/**
 * What has to be true after every step. It predicts nothing; it remembers who was handed what, who made which value,
 * and what was decided, and holds each answer and each look at the store against that.
 */
export class Invariants {
  readonly #claims = new ClaimModel()
  #before = NOTHING

  check(step: Step, answer: unknown, after: Observation): void {
    this.#learn(step, answer)
    if (step.op === 'repeat') this.#checkRepeat(answer, after)
    if (step.op === 'claim' && Array.isArray(answer)) {
      const queues = step.queues.map((queue) => `q${queue}`)
      this.#claims.checkOrder(answer, { queues, slots: step.slots }, this.#before)
    }
    for (const record of after.records.values()) {
      checkRecord(record, this.#claims.tokenOf(record.id))
      checkKept(this.#before.records.get(record.id), record)
    }
    this.#checkNothingLost(step.op === 'control' ? removedBy(answer) : [], after)
    checkCounts(after)
    this.#before = after
  }

  /** Jobs that were handed out: higher tokens than ever, and the values of those they asked. */
  checkClaimed(jobs: readonly HandedOut[]): void {
    for (const job of jobs) this.#claims.handedOut(job)
  }

  /** Settlements that were answered. */
  settled(settled: Settled): void {
    this.#claims.settled(settled)
  }

  /** A result was made by the job that has it, or by one that it forwarded to. */
  checkValue(id: string, payload: string): void {
    this.#claims.checkMaker(id, payload)
  }

  #learn(step: Step, answer: unknown): void {
    if (typeof answer !== 'object' || answer === null || 'code' in answer) return
    if (step.op === 'control') this.#claims.ordered((answer as Obeyed).commands)
    if (step.op === 'enqueue') this.#claims.enqueued(answer as Enqueued)
    if (step.op === 'claim') this.checkClaimed(answer as readonly HandedOut[])
    if (step.op !== 'settle') return
    const settled = answer as Settled
    this.settled(settled)
    this.checkClaimed(settled.claimed)
  }

  /** A repeated call changes nothing, and is answered as before, but for claims that are over. */
  #checkRepeat(answer: unknown, after: Observation): void {
    must(isDeepStrictEqual(after, this.#before), 'a repeated call changes something')
    if (typeof answer !== 'object' || answer === null || !('again' in answer)) return
    const { first, again } = answer as Repeated
    must(isDeepStrictEqual(stillHeld(first, again), again), 'a repeated call is answered in another way')
  }

  /** A job goes only by a removal, or by its success if it keeps no result. */
  #checkNothingLost(removed: readonly string[], after: Observation): void {
    for (const [id, record] of this.#before.records) {
      if (after.records.has(id) || record.ignoreResult) continue
      must(removed.includes(id), `${id} is gone, it was ${record.state}`)
    }
  }
}

function removedBy(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null || !('commands' in answer)) return []
  return (answer as Obeyed).commands.flatMap((command) => (command.kind === 'remove' ? [command.id] : []))
}

/** The first answer, without the jobs that the second leaves out. */
function stillHeld(first: unknown, again: unknown): unknown {
  if (Array.isArray(first) && first.every(isHandedOut)) return kept(first, again as HandedOut[])
  if (typeof first !== 'object' || first === null || !('claimed' in first)) return first
  return { ...first, claimed: kept(first.claimed as HandedOut[], (again as Settled).claimed) }
}

function kept(first: readonly HandedOut[], again: readonly HandedOut[]): HandedOut[] {
  return first.filter((job) => again.some((other) => other.id === job.id))
}

function isHandedOut(each: unknown): each is HandedOut {
  return typeof each === 'object' && each !== null && 'args' in each
}
