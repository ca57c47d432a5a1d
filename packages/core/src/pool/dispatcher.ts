import type { Clock } from '../backend/clock.ts'
import type { Settlement } from '../backend/settlement.ts'
import type { Codec } from '../codec/codec.ts'
import { WouldDeadlock } from '../errors/job-errors.ts'
import type { ArgumentLoader } from './argument-loader.ts'
import type { Executor, StopReason } from './executor.ts'
import { thrownRecord } from './failure-record-of.ts'
import type { HeldRun } from './held-run.ts'
import type { Prefetch } from './prefetch.ts'
import { ReadyLine } from './ready-line.ts'
import type { Slots } from './slots.ts'

/** What a dispatcher tells its pool. */
export interface DispatcherOwner {
  /** The job's slot is free, and this is what it comes to, if it is still the pool's. */
  ended(run: HeldRun, settlement: Settlement, error?: unknown): void
  /** More jobs may start than before. */
  slotsFree(): void
}

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly executor: Executor
  readonly slots: Slots
  readonly clock: Clock
  readonly codec: Codec
  readonly loader: ArgumentLoader
  readonly prefetch: Prefetch
  readonly graceMs: number
  readonly owner: DispatcherOwner
}

/** Longest time to start jobs in a row: those whose code is synchronous would else keep the event loop from turning. */
const START_BUDGET_MS = 10

/** Starts claimed jobs as slots get free, watches their time, and tells them to stop. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #ready = new ReadyLine()
  #starting = false
  #orphans = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** Jobs that wait for a slot. */
  get readyCount(): number {
    return this.#ready.length
  }

  /** Jobs that were given up and whose code goes on. */
  get orphanCount(): number {
    return this.#orphans
  }

  /** A job was claimed; it starts with `startReady`. */
  add(run: HeldRun): void {
    this.#ready.push(run)
  }

  /** Take out jobs that have not started, as `unwanted` says, to be given back. */
  remove(unwanted: (run: HeldRun) => boolean): readonly HeldRun[] {
    const removed = this.#ready.remove(unwanted)
    for (const run of removed) run.phase = 'over'
    return removed
  }

  /** Start what there are slots for. */
  startReady(): void {
    if (this.#starting) return
    this.#starting = true
    const { slots, prefetch } = this.#options
    const begunAt = performance.now()
    let now = begunAt
    while (slots.canStart) {
      if (now - begunAt > START_BUDGET_MS) {
        setImmediate(() => this.#startMore())
        return
      }
      const run = this.#ready.shift()
      if (run === undefined) break
      this.#begin(run, now)
      now = performance.now()
      if (run.phase === 'over') prefetch.ran(now - run.startedAt)
    }
    this.#starting = false
  }

  /** The code of a job has ended. */
  reported(run: HeldRun, settlement: Settlement, error: unknown): void {
    if (run.phase === 'over') {
      this.#orphans -= 1
      return
    }
    // What ends while jobs are started is measured there, once for its end and the next one's start.
    if (!this.#starting) this.#options.prefetch.ran(performance.now() - run.startedAt)
    this.#end(run, settlement, error)
    this.startReady()
  }

  /**
   * Tell a job to stop; one that has not started ends at once, one whose code goes on after the grace is given up. Told
   * again, a job gets no more time than it has left.
   */
  stop(run: HeldRun, reason: StopReason, graceMs = this.#options.graceMs): void {
    if (this.#endUnstarted(run) || run.phase === 'over') return
    if (!run.isInGrace) {
      run.isInGrace = true
      this.#tell(run, reason)
    } else if (reason.kind === 'lost') {
      run.stopReason = reason
    }
    this.#allow(run, graceMs)
  }

  /**
   * Tell a job that it may not be this pool's much longer. One that has not started goes back at once; one that goes on all
   * the same is let, since it may turn out that nobody took it.
   */
  warn(run: HeldRun): void {
    if (this.#endUnstarted(run) || run.phase === 'over' || run.stopReason !== undefined) return
    this.#tell(run, { kind: 'lost' })
  }

  /** A job waits for another one: lend its slot. @throws WouldDeadlock */
  waiting(run: HeldRun, id: string, until: Promise<unknown>): void {
    const { slots, owner } = this.#options
    if (run.phase !== 'running') return
    if (run.waits === 0 && !slots.lend()) throw new WouldDeadlock(id)
    run.waits += 1
    const over = (): void => {
      run.waits -= 1
      if (run.waits === 0 && run.phase !== 'over') slots.takeBack()
    }
    until.then(over, over)
    this.startReady()
    owner.slotsFree()
  }

  /** The code of a job begins, which it did not when it was started: its time limit counts from now. */
  began(run: HeldRun, limitMs: number): void {
    if (run.phase !== 'running' || run.stopReason !== undefined) return
    run.timer?.cancel()
    this.#limit(run, limitMs)
  }

  #endUnstarted(run: HeldRun): boolean {
    if (run.phase !== 'ready' && run.phase !== 'loading') return false
    this.#end(run, returned(run))
    return true
  }

  #allow(run: HeldRun, graceMs: number): void {
    const { clock } = this.#options
    const end = clock.now() + graceMs
    if (!isRunning(run) || end >= run.graceEnd) return
    run.graceEnd = end
    run.timer?.cancel()
    if (graceMs === 0) this.#giveUp(run)
    else run.timer = clock.setTimer(() => this.#giveUp(run), graceMs)
  }

  #tell(run: HeldRun, reason: StopReason): void {
    const wasTold = run.stopReason !== undefined
    run.stopReason = reason
    if (!wasTold) this.#options.executor.stop(run, reason)
  }

  #startMore(): void {
    this.#starting = false
    this.startReady()
  }

  #begin(run: HeldRun, now: number): void {
    this.#options.slots.take()
    run.startedAt = now
    run.phase = 'running'
    if (run.job.args === undefined) this.#run(run)
    else this.#gather(run)
  }

  /** Have all values of the arguments before it runs. */
  #gather(run: HeldRun): void {
    try {
      this.#options.loader.check(run.unread ?? run.values)
    } catch (error) {
      this.#fail(run, error)
      return
    }
    if (run.unread === undefined) this.#run(run)
    else this.#load(run, run.unread)
  }

  #run(run: HeldRun): void {
    try {
      const limitMs = this.#options.executor.start(run)
      if (limitMs !== undefined && isRunning(run)) this.#limit(run, limitMs)
    } catch (error) {
      this.#fail(run, error)
    }
  }

  #limit(run: HeldRun, limitMs: number): void {
    run.timer = this.#options.clock.setTimer(() => this.stop(run, { kind: 'timeout', afterMs: limitMs }), limitMs)
  }

  #load(run: HeldRun, unread: NonNullable<HeldRun['unread']>): void {
    const { loader } = this.#options
    run.phase = 'loading'
    loader.load(unread).then(
      (values) => {
        if (run.phase !== 'loading') return
        run.values = values
        run.phase = 'running'
        run.startedAt = performance.now()
        this.#run(run)
      },
      (error: unknown) => this.#fail(run, error),
    )
  }

  /** The grace is over. */
  #giveUp(run: HeldRun): void {
    const { executor, owner } = this.#options
    const reason = run.stopReason
    if (run.phase !== 'running' || reason === undefined) return
    this.#orphans += 1
    this.#end(run, executor.abandon(run, reason))
    this.startReady()
    owner.slotsFree()
  }

  /** It could not be started. */
  #fail(run: HeldRun, error: unknown): void {
    if (run.phase === 'over') return
    const { id, token } = run.job
    const failure = thrownRecord(run.job, 'invalid-input', error, this.#options.codec)
    this.#end(run, { kind: 'failure', id, token, failure }, error)
  }

  #end(run: HeldRun, settlement: Settlement, error?: unknown): void {
    const { slots, owner } = this.#options
    if (run.phase !== 'ready') {
      slots.free()
      if (run.waits > 0) slots.takeBack()
    }
    run.phase = 'over'
    run.timer?.cancel()
    owner.ended(run, settlement, error)
  }
}

/** A job goes back as if it had not been claimed. */
export function returned({ job }: HeldRun): Settlement {
  return { kind: 'return', id: job.id, token: job.token }
}

// The executor may have reported meanwhile, which control flow does not see.
function isRunning(run: HeldRun): boolean {
  return run.phase === 'running'
}
