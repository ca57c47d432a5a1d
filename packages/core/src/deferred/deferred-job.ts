import { inspect } from 'node:util'
import { isEnded, type JobState } from '../backend/job-state.ts'
import type { Client } from '../client/client.ts'
import { DEFERRED } from '../deferred-brand.ts'
import { type Duration, toMs } from '../duration.ts'
import type { CallOutcome } from '../errors/backend-errors.ts'
import { ValueNotReady, WaitTimeout } from '../errors/job-errors.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import type { JobEvent, JobNews, LogLine } from '../journal/job-news.ts'
import { onAbort } from '../on-abort.ts'
import { jobStorage } from '../pool/job-storage.ts'
import type {
  CancelOptions,
  Deferred,
  EventsOptions,
  FollowOptions,
  LogsOptions,
  ResultOptions,
  WaitOptions,
} from '../queue/deferred.ts'
import { parseCancel } from './cancel-request.ts'
import { followJob } from './follow-job.ts'
import { parseFollowOptions } from './follow-options.ts'
import { HOME, type Home } from './home.ts'
import { JobEntry, type JobIdentity, type Phase } from './job-entry.ts'
import { readEvents, readLogs } from './read-journal.ts'
import { resultSignal, waitSignal } from './wait-options.ts'
import { Waiter } from './waiter.ts'

/** The handle on a job that a call returns. */
export class DeferredJob extends JobEntry implements Deferred<unknown> {
  declare readonly '~deferred': unknown
  readonly #client: Client

  static {
    Object.defineProperty(DeferredJob.prototype, DEFERRED, { value: true })
  }

  constructor(client: Client, job: JobIdentity, phase: Phase) {
    super(job, phase)
    this.#client = client
  }

  /** The broker's part that it belongs to. */
  get client(): Client {
    return this.#client
  }

  override get ignoresResult(): boolean {
    return false
  }

  get [HOME](): Home {
    const { url, namespace } = this.#client
    return { url, namespace, ignoresResult: this.ignoresResult }
  }

  get value(): unknown {
    this.look()
    if (this.phase === 'value') return this.held
    if (this.phase === 'failure' || this.phase === 'refused') throw this.held
    throw new ValueNotReady(this.id)
  }

  hasValue(): boolean {
    return this.isSettled || this.phase === 'refused'
  }

  enqueued(options?: WaitOptions): Promise<this> {
    this.look()
    return options === undefined ? this.#stored() : this.#storedWithin(options)
  }

  result(options?: ResultOptions): Promise<unknown> {
    this.look()
    if (this.phase === 'value') return Promise.resolve(this.held)
    if (this.phase === 'failure') return Promise.reject(this.held)
    return options === undefined ? this.#waitFor('result') : this.#resultWithin(options)
  }

  async wait(timeout?: Duration, options?: WaitOptions): Promise<boolean> {
    this.look()
    const timeoutMs = parseWait(timeout)
    const signal = options === undefined ? undefined : waitSignal(options)
    if (this.isSettled) return true
    if (timeoutMs === 0 && !(await this.#hasEnded())) return false
    return (await this.#waitFor('end', timeoutMs, signal)) === true
  }

  async status(): Promise<JobState | undefined> {
    if (this.isSettled && this.seenState !== undefined) return this.seenState
    await this.#answered()
    const record = await this.#client.records.ask(this.id)
    this.seenState = record?.state
    return record?.state
  }

  async cancel(request?: string | CancelOptions): Promise<boolean> {
    const parsed = parseCancel(request)
    await this.#answered()
    const [found] = await this.#client.cancel([this.id], parsed)
    return found !== undefined && !isEnded(found)
  }

  async progress(): Promise<number | undefined> {
    await this.#answered()
    return (await this.#client.records.ask(this.id))?.progress
  }

  async output(): Promise<unknown> {
    await this.#answered()
    const record = await this.#client.records.ask(this.id)
    return record?.output === undefined ? undefined : this.#client.decode(record.output)
  }

  async logs(options?: LogsOptions): Promise<readonly LogLine[]> {
    await this.#answered()
    return readLogs(this.#client, this.id, options)
  }

  async events(options?: EventsOptions): Promise<readonly JobEvent[]> {
    await this.#answered()
    return readEvents(this.#client, this.id, options)
  }

  follow(options?: FollowOptions): AsyncIterable<JobNews> {
    return followJob({ client: this.#client, job: this, ...parseFollowOptions(options) })
  }

  /** Its enqueue failed, or, if `outcome` is unknown, nobody knows whether it did. */
  lose(error: unknown, outcome: CallOutcome = 'rejected'): void {
    const wasAwaited = this.isAwaited
    if (outcome === 'unknown') this.doubt(error)
    else this.refuse(error)
    if (wasAwaited) this.#client.waits.drop(this)
  }

  /** What `JSON.stringify` and loggers see. Never throws. */
  toJSON(): { readonly deferred: string; readonly task: string; readonly queue: string } {
    return { deferred: this.id, task: this.name, queue: this.queue }
  }

  /** `<Deferred math.add [default:ID] success>`; the state is the one it was seen in last (WQ-43). */
  override toString(): string {
    const identity = this.name === '' ? `[${this.id}]` : `${this.name} [${this.queue}:${this.id}]`
    return `<${this.kind} ${identity} ${this.isLost ? 'not enqueued' : (this.seenState ?? 'incomplete')}>`
  }

  [inspect.custom](): string {
    return this.toString()
  }

  /** @throws InvalidArgument always: a Deferred in a template or a sum is a mistake. */
  [Symbol.toPrimitive](): never {
    throw new InvalidArgument('value', `a Deferred is not its value; await d.result() (${this.toString()})`)
  }

  protected get kind(): string {
    return 'Deferred'
  }

  #stored(signal?: AbortSignal): Promise<this> {
    if (this.isLost) return Promise.reject(this.held)
    if (this.phase !== 'gathered') return Promise.resolve(this)
    if (signal?.aborted) return Promise.reject(signal.reason)
    const waiter = new Waiter('stored')
    this.add(waiter)
    if (signal !== undefined) this.#limit(waiter, 0, signal)
    return waiter.promise as Promise<this>
  }

  async #storedWithin(options: WaitOptions): Promise<this> {
    return this.#stored(waitSignal(options))
  }

  async #resultWithin(options: ResultOptions): Promise<unknown> {
    const signal = resultSignal(options)
    const timeoutMs = parseWait(options.timeout)
    if (timeoutMs === 0 && !(await this.#hasEnded())) throw new WaitTimeout(this.id, 0)
    return this.#waitFor('result', timeoutMs, signal)
  }

  /** Resolves when its enqueue is answered. @throws the reason why it is not stored. */
  async #answered(): Promise<void> {
    this.look()
    if (this.phase === 'gathered') await this.enqueued()
    if (this.phase === 'refused') throw this.held
  }

  /** Ask the backend, once. */
  async #hasEnded(): Promise<boolean> {
    await this.#answered()
    if (this.isSettled) return true
    const record = await this.#client.records.ask(this.id)
    return record === undefined || isEnded(record.state)
  }

  #waitFor(wanted: 'result' | 'end', timeoutMs = 0, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.phase === 'refused') return Promise.reject(this.held)
    const waiter = new Waiter(wanted)
    if (this.isSettled) waiter.fulfil(this)
    else this.#enlist(waiter, timeoutMs, signal)
    return waiter.promise
  }

  #enlist(waiter: Waiter, timeoutMs: number, signal: AbortSignal | undefined): void {
    try {
      // Before the waiter is added, so that what is refused leaves nothing behind.
      const allowed = jobStorage.getStore()?.waiting(this.id, waiter.promise)
      allowed?.catch((error: unknown) => this.#refuse(waiter, error))
      if (!this.isAwaited) this.#client.waits.add(this)
    } catch (error) {
      return waiter.reject(error)
    }
    this.add(waiter)
    if (signal !== undefined || (timeoutMs > 0 && timeoutMs !== Number.POSITIVE_INFINITY)) {
      this.#limit(waiter, timeoutMs, signal)
    }
  }

  #refuse(waiter: Waiter, error: unknown): void {
    if (waiter.isSettled) return
    this.#leave(waiter)
    waiter.reject(error)
  }

  #leave(waiter: Waiter): void {
    this.remove(waiter)
    if (waiter.wanted !== 'stored' && !this.isAwaited) this.#client.waits.drop(this)
  }

  /** Give the waiter up when the time is up, or the signal aborts. 0 and `Infinity` are no limit. */
  #limit(waiter: Waiter, timeoutMs: number, signal: AbortSignal | undefined): void {
    const limited = timeoutMs > 0 && timeoutMs !== Number.POSITIVE_INFINITY
    const giveUp = (): void => this.#leave(waiter)
    const expire = (): void => {
      giveUp()
      if (waiter.wanted === 'end') waiter.resolve(false)
      else waiter.reject(new WaitTimeout(this.id, timeoutMs))
    }
    const abort = (): void => {
      giveUp()
      waiter.reject(signal?.reason)
    }
    const timer = limited ? this.#client.clock.setTimer(expire, timeoutMs) : undefined
    const forget = signal === undefined ? undefined : onAbort(signal, abort)
    waiter.onSettled(() => {
      timer?.cancel()
      forget?.()
    })
  }
}

function parseWait(timeout: Duration | undefined): number {
  return timeout === undefined ? Number.POSITIVE_INFINITY : toMs(timeout, 'timeout', { infinity: true })
}
