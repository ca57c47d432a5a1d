import type { Command, Edge, JobRecord } from '@taskspace/core/backend'
import { must } from './must.ts'
import type { Observation } from './observation.ts'
import type { Enqueued, HandedOut, Settled } from './perform.ts'

/** A claim that was made: its queues in their order, and how many jobs it asked for. */
export interface AskedFor {
  readonly queues: readonly string[]
  readonly slots: number
}

/** Remembers tokens, values and the order of enqueues, and checks what is handed out against them. */
export class ClaimModel {
  readonly #tokens = new Map<string, number>()
  readonly #makers = new Map<string, string>()
  readonly #forwards = new Map<string, Set<string>>()
  readonly #arguments = new Map<string, readonly Edge[]>()
  readonly #places = new Map<string, number>()
  #enqueues = 0

  /** The highest token that a job was handed out with. */
  tokenOf(id: string): number | undefined {
    return this.#tokens.get(id)
  }

  enqueued({ jobs, answers }: Enqueued): void {
    for (const [at, job] of jobs.entries()) {
      if (answers[at] !== 'ok') continue
      const edges = (job.edges ?? []).filter((edge) => edge.kind === 'value')
      const named = edges.map((edge) => (typeof edge.on === 'number' ? { ...edge, on: jobs[edge.on]?.id ?? '' } : edge))
      this.#arguments.set(job.id, named)
      this.#enqueues += 1
      this.#places.set(job.id, this.#enqueues)
    }
  }

  settled({ settlements, answers }: Settled): void {
    for (const [at, settlement] of settlements.entries()) {
      if (answers[at] !== 'ok') continue
      must(settlement.token === this.#tokens.get(settlement.id), `an old token settles ${settlement.id}`)
      if (settlement.kind === 'success') this.#makers.set(String(settlement.value), settlement.id)
      if (settlement.kind !== 'forward') continue
      const targets = this.#forwards.get(settlement.id) ?? new Set()
      this.#forwards.set(settlement.id, targets.add(settlement.to))
    }
  }

  /** A change of priority moves a job, and leaves no trace in its history. */
  ordered(commands: readonly Command[]): void {
    for (const command of commands) if (command.kind === 'priority') this.#places.delete(command.id)
  }

  handedOut(job: HandedOut): void {
    const before = this.#tokens.get(job.id) ?? 0
    must(job.token > before, `the token of ${job.id} goes from ${before} to ${job.token}`)
    this.#tokens.set(job.id, job.token)
    const edges = this.#arguments.get(job.id) ?? []
    must(job.args.length === edges.length, `${job.id} has ${job.args.length} arguments, not ${edges.length}`)
    for (const [at, edge] of edges.entries()) {
      const found = job.args[at]
      must(found?.kind !== 'failure' || edge.onError === 'pass', `${job.id} runs with a failure of ${edge.on}`)
      if (found?.kind === 'value') this.checkMaker(String(edge.on), String(found.payload))
    }
  }

  checkMaker(id: string, payload: string): void {
    const maker = this.#makers.get(payload)
    must(maker !== undefined && this.#makersFor(id).has(maker), `${id} has ${payload}, which ${maker} made`)
  }

  /** A claim takes what comes first, and all there is if it has room. */
  checkOrder(claimed: readonly HandedOut[], asked: AskedFor, before: Observation): void {
    const taken = new Set(claimed.map((job) => job.id))
    const left = [...before.records.values()].filter((record) => isReady(record, asked) && !taken.has(record.id))
    for (const [at, job] of claimed.entries()) {
      const record = before.records.get(job.id)
      must(record?.state === 'enqueued', `${job.id} was ${record?.state}, and is claimed`)
      const later = claimed.slice(at + 1).flatMap((other) => before.records.get(other.id) ?? [])
      for (const other of [...later, ...left]) {
        must(!this.#isBefore(other, record, asked), `${job.id} is handed out, ${other.id} comes before it`)
      }
    }
    const isFull = claimed.filter((job) => !job.ahead).length === asked.slots
    must(isFull || left.length === 0, `a claim with free slots leaves ${left.map((other) => other.id).join(', ')}`)
  }

  /** Whether it is certain that the first of two jobs had to be taken before the second. */
  #isBefore(first: JobRecord, second: JobRecord, { queues }: AskedFor): boolean {
    if (first.queue !== second.queue) return queues.indexOf(first.queue) < queues.indexOf(second.queue)
    if (first.priority !== second.priority) return first.priority > second.priority
    if (!isFresh(first) || !isFresh(second)) return false
    const [place, other] = [this.#places.get(first.id), this.#places.get(second.id)]
    return place !== undefined && other !== undefined && place < other
  }

  #makersFor(id: string, seen: Set<string> = new Set()): Set<string> {
    if (seen.has(id)) return seen
    seen.add(id)
    for (const target of this.#forwards.get(id) ?? []) this.#makersFor(target, seen)
    return seen
  }
}

/** A job that any session may take; one with a crash behind it may be passed over. */
function isReady(record: JobRecord, { queues }: AskedFor): boolean {
  return record.state === 'enqueued' && record.crashes === 0 && queues.includes(record.queue)
}

/** A job that stands where it was put when it was enqueued. */
function isFresh(record: JobRecord): boolean {
  return record.history.length === 1 && record.series === 1
}
