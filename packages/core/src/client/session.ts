import type { Clock } from '../backend/clock.ts'
import type { HeldJob, RenewReply, SessionSpec } from '../backend/session.ts'
import type { TaskQueue } from '../backend/task-queue.ts'
import { Closed } from '../errors/backend-errors.ts'
import { isTaskspaceError } from '../errors/taskspace-error.ts'
import { Lane } from './lane.ts'
import { newSessionId } from './session-id.ts'

/** Who owns a session: it says what it holds, and is told what it does not hold any more. */
export interface SessionOwner {
  /** The claims it knows of and has not settled. */
  held(): readonly HeldJob[]
  /** These claims are gone; whatever is sent about them changes nothing. */
  lost(jobs: readonly HeldJob[]): void
  /** It goes on under a new id, because the backend forgot the old one: everything held is gone, subscriptions too. */
  restarted(): void
}

/** How to open a session. */
export interface SessionOptions {
  readonly queue: TaskQueue
  readonly clock: Clock
  /** What the backend is told, but for the id. */
  readonly spec: Omit<SessionSpec, 'id'>
  readonly owner: SessionOwner
}

/**
 * A client's numbered conversation with the backend. After any doubt (a call was given up with its outcome unknown, the
 * count of jobs held differs) it reconciles by `resume`, while no call of its own is under way, before it sends another.
 */
export class Session {
  readonly clock: Clock
  readonly #queue: TaskQueue
  #spec: Omit<SessionSpec, 'id'>
  readonly #owner: SessionOwner
  readonly #lanes: Lane[] = []
  readonly #closing = new AbortController()
  #id = newSessionId()
  #epoch = 0
  #inDoubt = false
  #underWay = 0
  #reconciling: Promise<void> | undefined
  #quiet: (() => void) | undefined
  #hush = new AbortController()

  constructor(options: SessionOptions) {
    this.#queue = options.queue
    this.clock = options.clock
    this.#spec = options.spec
    this.#owner = options.owner
  }

  get id(): string {
    return this.#id
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Aborts when the session is closed: nothing waits beyond that. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Aborts when the session wants to reconcile: a claim that waits for jobs returns, so that it can. Read it anew for each wait. */
  get hush(): AbortSignal {
    return this.#hush.signal
  }

  /** How many of its calls are under way. */
  get underWay(): number {
    return this.#underWay
  }

  /** Make it known to the backend. @throws BackendUnavailable */
  open(): Promise<void> {
    return this.#queue.begin({ ...this.#spec, id: this.#id })
  }

  /** Let other tasks count than those it was opened with. @throws BackendUnavailable: then they count once it starts anew. */
  revise({ tasks }: Required<Pick<SessionSpec, 'tasks'>>): Promise<void> {
    this.#spec = { ...this.#spec, tasks, revision: (this.#spec.revision ?? 0) + 1 }
    return this.open()
  }

  /** Give back what it holds and end it. Calls under way are given up. Idempotent. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    this.#hush.abort()
    await this.#queue.end(this.#id)
  }

  /** A line of calls; the same object for the same index. */
  lane(index: number): Lane {
    this.#lanes[index] ??= new Lane(this, index)
    return this.#lanes[index]
  }

  /** Keep the lease, and hear what is to stop. @throws SessionEnded, SessionUnknown, BackendUnavailable */
  renew(): Promise<RenewReply> {
    return this.#queue.renew(this.#id)
  }

  /** From now on it is not known what the session holds, or whether a call was applied: reconcile before the next one. */
  doubt(): void {
    this.#inDoubt = true
    this.#hush.abort()
  }

  /** For lanes: a call may start. A promise if it has to wait for the session to reconcile; rejects if that failed. */
  enter(): Promise<void> | undefined {
    if (this.#closing.signal.aborted) throw new Closed('this connection to the backend is closed')
    if (!this.#inDoubt && this.#reconciling === undefined) {
      this.#underWay += 1
      return undefined
    }
    return this.reconcile().then(() => this.enter())
  }

  /** For lanes: the call is over. */
  leave(): void {
    this.#underWay -= 1
    if (this.#underWay === 0) this.#quiet?.()
  }

  /**
   * For lanes: the session of this id is unknown, or its lease has ended: go on as a new one. Once for each id. If the
   * backend is away, the new one is opened when its first call finds it unknown.
   */
  restart(oldId: string): Promise<void> {
    if (oldId !== this.#id) return this.#reconciling ?? Promise.resolve()
    this.#renumber()
    return this.#shared(() => this.#reopen())
  }

  /** Resume, if there is a doubt: wait until no call is under way, then compare what is held. Many callers share one run. */
  reconcile(): Promise<void> {
    if (this.#reconciling !== undefined) return this.#reconciling
    return this.#inDoubt ? this.#shared(() => this.#resume()) : Promise.resolve()
  }

  async #shared(run: () => Promise<void>): Promise<void> {
    const running = run().finally(() => {
      if (this.#reconciling === running) this.#reconciling = undefined
    })
    this.#reconciling = running
    return running
  }

  async #reopen(): Promise<void> {
    try {
      await this.open()
    } catch (error) {
      if (!isTaskspaceError(error, 'BACKEND_UNAVAILABLE')) throw error
    }
    this.#calm()
    this.#owner.restarted()
  }

  async #resume(): Promise<void> {
    while (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        this.#quiet = resolve
      })
    }
    try {
      const reply = await this.#queue.resume(this.#id, this.#epoch + 1, this.#owner.held())
      this.#epoch += 1
      this.#inDoubt = false
      this.#calm()
      this.#owner.lost(reply.lost)
    } catch (error) {
      if (!isTaskspaceError(error, 'SESSION_UNKNOWN') && !isTaskspaceError(error, 'SESSION_ENDED')) throw error
      this.#renumber()
      await this.#reopen()
    }
  }

  #renumber(): void {
    this.#id = newSessionId()
    this.#epoch = 0
    this.#inDoubt = false
  }

  #calm(): void {
    if (this.#hush.signal.aborted && !this.#closing.signal.aborted) this.#hush = new AbortController()
  }
}
