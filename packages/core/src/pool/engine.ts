import type { ClaimReply, ClaimRequest } from '../backend/claim.ts'
import type { HeldJob, RenewReply } from '../backend/session.ts'
import type { AppendAnswer, SettleAnswer, Settlement } from '../backend/settlement.ts'
import { isAway } from '../client/away.ts'
import { onTickEnd } from '../client/tick.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'
import { returned } from './dispatcher.ts'
import { buildParts, type EngineOptions, type EngineParts, type PartOwners } from './engine-parts.ts'
import { FlushWatch } from './flush-watch.ts'
import { HeldRun } from './held-run.ts'
import { Holdings } from './holdings.ts'
import { Presence } from './presence.ts'
import type { SettleBatch } from './settle-desk.ts'

/**
 * What every pool does, wherever its jobs run: claim for free slots, have them run, settle them in batches, keep the
 * lease, give back the rest. It holds a job from the claim until its settlement is answered.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #parts: EngineParts
  readonly #presence: Presence
  readonly #holdings = new Holdings()
  readonly #watch = new FlushWatch()
  #phase: 'new' | 'claiming' | 'draining' = 'new'
  #flushAsked = false
  #beat = 0

  constructor(options: EngineOptions) {
    this.#options = options
    this.#parts = buildParts(options, { ...this.#callOwners(), ...this.#jobOwners() })
    this.#presence = new Presence({ ...options, parts: this.#parts })
  }

  /** How many jobs are in which state. */
  get counts(): { readonly running: number; readonly ready: number; readonly held: number; readonly orphaned: number } {
    const { slots, dispatcher } = this.#parts
    const held = this.#holdings.size
    return { running: slots.busy, ready: dispatcher.readyCount, held, orphaned: dispatcher.orphanCount }
  }

  /** Open the session and begin to claim. @throws BackendUnavailable; PoolNameTaken */
  async start(): Promise<void> {
    await this.#presence.begin()
    this.#phase = 'claiming'
    this.#flush()
  }

  /** Claim no more, and give back what has not started. */
  drain(): void {
    this.#phase = 'draining'
    this.#parts.claims.interrupt()
    this.#giveBack(() => true)
  }

  /** Tell every job to stop that still runs, and give it up after this grace, if it has not less left. */
  stopJobs(graceMs: number): void {
    for (const run of this.#holdings.runs()) this.#parts.dispatcher.stop(run, { kind: 'stopping' }, graceMs)
  }

  /** Resolves when no job runs, or when `signal` aborts. One wait at a time. */
  idle(signal: AbortSignal): Promise<void> {
    return this.#watch.until(() => this.#parts.slots.busy === 0, signal)
  }

  /** Resolves when nothing is under way, and the backend was told everything, or when `signal` aborts. One wait at a time. */
  settled(signal: AbortSignal): Promise<void> {
    const { claims, settling, news } = this.#parts
    return this.#watch.until(() => !claims.isOpen && settling.isEmpty && news.isEmpty, signal)
  }

  /** Give back whatever is held still, and end the session. */
  async close(): Promise<void> {
    await this.#presence.end()
    await this.#options.executor.close()
  }

  #callOwners(): Pick<PartOwners, 'claims' | 'settling' | 'news'> {
    const deskFree = (): void => this.#flushSoon()
    return {
      claims: {
        waited: (reply, request) => this.#claimed(reply, request, this.#options.host.clock.now()),
        unclaimed: (request, error) => this.#unclaimed(request, error),
      },
      settling: {
        claimWithSettle: () => this.#nextClaim(Number.POSITIVE_INFINITY),
        settled: (batch, answers) => this.#settled(batch, answers),
        claimed: (reply, request, sentAt) => this.#claimed(reply, request, sentAt),
        unsettled: (batch, request, error) => this.#unsettled(batch, request, error),
        deskFree,
      },
      news: { refused: (run, answer) => this.#newsRefused(run, answer), deskFree },
    }
  }

  #jobOwners(): Pick<PartOwners, 'session' | 'dispatcher' | 'lease'> {
    return {
      session: {
        held: () => this.#holdings.claims(),
        lost: (jobs) => this.#loseClaims(jobs),
        restarted: () => this.#restarted(),
      },
      dispatcher: {
        ended: (run, settlement, error) => this.#ended(run, settlement, error),
        slotsFree: () => this.#flushSoon(),
      },
      lease: {
        heldCount: () => this.#holdings.size,
        heldVersion: () => (this.#parts.settling.underWay > 0 ? undefined : this.#holdings.version),
        renewed: (reply) => this.#renewed(reply),
        distrust: () => this.#distrust(),
        beat: () => this.#nextBeat(),
        failed: (what, error) => this.#parts.faults.report(what, error),
      },
    }
  }

  #nextClaim(slots: number): ClaimRequest | undefined {
    return this.#phase === 'claiming' && !this.#parts.faults.isPausing ? this.#parts.plan.request(slots) : undefined
  }

  #flushSoon(): void {
    if (this.#flushAsked) return
    this.#flushAsked = true
    onTickEnd(() => {
      this.#flushAsked = false
      this.#flush()
    })
  }

  /** Tell what has ended and claim for what that has freed; let a claim wait for the slots that were free before. */
  #flush(): void {
    const { settling, claims, plan, faults } = this.#parts
    if (!claims.isOpen) {
      const request = this.#nextClaim(plan.openSlots() - settling.waitingCount)
      if (request !== undefined) claims.open(request)
    }
    if (!faults.isPausing) settling.flush()
    this.#watch.flushed()
  }

  #claimed(reply: ClaimReply, request: ClaimRequest, sentAt: number): void {
    const { plan, lease, dispatcher, answers } = this.#parts
    plan.answered(request)
    if (reply.jobs.length > 0) lease.extended(sentAt)
    for (const job of reply.jobs) {
      const run = new HeldRun(answers, job, reply.values, this.#beat)
      this.#holdings.add(run)
      dispatcher.add(run)
    }
    if (this.#phase === 'draining') this.#giveBack(() => true)
    else dispatcher.startReady()
    this.#flushSoon()
  }

  #ended(run: HeldRun, settlement: Settlement, error: unknown): void {
    this.#flushSoon()
    if (!run.isHeld) return
    if (!run.isCompleted) this.#parts.notice.tell(run, settlement, error)
    this.#parts.settling.add(run, settlement)
  }

  #settled({ runs, settlements }: SettleBatch, answers: readonly SettleAnswer[]): void {
    for (const [index, run] of runs.entries()) {
      this.#holdings.drop(run)
      const wasUncommitted = run.isCompleted && answers[index] === 'ok'
      if (wasUncommitted) this.#parts.notice.tell(run, settlements[index] as Settlement, undefined)
      if (answers[index] === 'lost') this.#options.host.logger.debug(`job ${run.job.id} was lost before it ended`)
    }
  }

  /** What a lost call said is not known to count: the backend says what is held still, and that is given back. */
  #unsettled({ runs }: SettleBatch, request: ClaimRequest | undefined, error: unknown): void {
    if (request !== undefined) this.#parts.plan.answered(request)
    for (const run of runs) this.#holdings.drop(run)
    if (isTaskspaceError(error, 'CLOSED') || isTaskspaceError(error, 'SESSION_ENDED')) return
    this.#parts.session.doubt()
    if (!isAway(error)) this.#pause('settling jobs', error)
  }

  #unclaimed(request: ClaimRequest, error: unknown): void {
    this.#parts.plan.answered(request)
    if (isTaskspaceError(error, 'CLOSED')) this.#cutOff(error)
    this.#flushSoon()
    if (isAway(error) || isTaskspaceError(error, 'SESSION_ENDED')) return
    this.#pause('claiming jobs', error)
  }

  /** The queue was closed: no claim will ever be answered. */
  #cutOff(error: unknown): void {
    if (this.#phase === 'draining') return
    this.#phase = 'draining'
    this.#parts.faults.report('claiming jobs', error)
  }

  #giveBack(unwanted: (run: HeldRun) => boolean): boolean {
    const runs = this.#parts.dispatcher.remove(unwanted)
    for (const run of runs) this.#ended(run, returned(run), undefined)
    return runs.length > 0
  }

  #lose(runs: readonly HeldRun[]): void {
    for (const run of runs) {
      this.#holdings.drop(run)
      this.#parts.dispatcher.stop(run, { kind: 'lost' })
    }
    this.#flushSoon()
  }

  #loseClaims(jobs: readonly HeldJob[]): void {
    this.#lose(this.#holdings.find(jobs).map(([run]) => run))
  }

  #restarted(): void {
    const { feed, claims } = this.#parts
    this.#lose(this.#holdings.runs())
    // The claim that waits belongs to the session that has ended.
    claims.interrupt()
    feed.restart().catch((error: unknown) => this.#parts.faults.report('leaving the old subscription', error))
  }

  #renewed({ canceled, lost }: RenewReply): void {
    this.#loseClaims(lost)
    for (const [run, { reason }] of this.#holdings.find(canceled)) {
      this.#parts.dispatcher.stop(run, { kind: 'canceled', text: reason })
    }
  }

  #newsRefused(run: HeldRun, answer: Exclude<AppendAnswer, 'ok'>): void {
    if (answer === 'lost') this.#lose([run])
    else this.#parts.lease.renewSoon()
  }

  /** What is held may run elsewhere soon. */
  #distrust(): void {
    for (const run of this.#holdings.runs()) this.#parts.dispatcher.warn(run)
  }

  /** Jobs claimed ahead that a long one keeps from starting are better off elsewhere. */
  #nextBeat(): void {
    this.#beat += 1
    const stale = this.#beat - 2
    if (this.#giveBack((run) => run.job.ahead && run.beat <= stale)) this.#parts.prefetch.stuck()
  }

  #pause(what: string, error: unknown): void {
    this.#parts.faults.pause(what, error, () => this.#flushSoon())
  }
}
