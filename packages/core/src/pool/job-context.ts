import type { Clock } from '../backend/clock.ts'
import { MAX_NAME_LENGTH } from '../backend/limits.ts'
import type { Payload } from '../backend/payload.ts'
import type { HeldJob } from '../backend/session.ts'
import type { TransactionStatements } from '../backend/transaction.ts'
import type { JobScope } from '../broker-host.ts'
import type { Codec } from '../codec/codec.ts'
import type { FailOptions, JobLog } from '../current-job.ts'
import type { Home } from '../deferred/home.ts'
import type { Duration } from '../duration.ts'
import { LeaseLost } from '../errors/job-errors.ts'
import { InvalidArgument } from '../errors/usage-errors.ts'
import { eventText } from '../journal/journal-text.ts'
import type { CallOptions, JsonObject } from '../queue/call-options.ts'
import { parseMeta } from '../queue/meta.ts'
import { checkLabel, invalidOption } from '../queue/option-values.ts'
import type { Queue } from '../queue/queue.ts'
import { validateOutput } from '../tasks/schema.ts'
import { type RunPolicy, runPolicy, type TaskDefinition } from '../tasks/task-definition.ts'
import { checkTransaction, performIn, type Transaction } from '../transaction.ts'
import type { JobRun, StopReason } from './executor.ts'
import { JobJournal } from './job-journal.ts'
import { type JobContextLike, jobStorage } from './job-storage.ts'
import { failRequest, JobVerb, retryRequest } from './job-verb.ts'
import type { OutputName } from './output-tap.ts'
import { JobCanceled, JobTimedOut, PoolStopping } from './stop-reasons.ts'

/** What a job needs of the process it runs in. */
export interface JobHost {
  readonly codec: Codec
  readonly clock: Clock
  /** Where its jobs are. */
  readonly home: Pick<Home, 'url' | 'namespace'>
  /** Statements for transactions of the task's own; absent where there are none. */
  readonly transactions?: TransactionStatements | undefined
  /** Calls made from inside the job of this claim. */
  scope(job: HeldJob): JobScope
  /** Whether what jobs write to tapped outputs goes to their logs; default false. */
  readonly captureOutput?: boolean | undefined
}

const NO_TAGS: readonly string[] = Object.freeze([])

/** One run of a job where its code is: what the task sees of it, and what the runner needs of that in the end. */
export class JobContext implements JobContextLike {
  readonly run: JobRun
  readonly task: TaskDefinition
  readonly policy: RunPolicy
  readonly deadline: number | undefined
  /** For the runner: it has reported. */
  ended = false
  readonly #host: JobHost
  #stop: StopReason | undefined
  #controller: AbortController | undefined
  #scope: JobScope | undefined
  #meta: JsonObject | undefined
  #output: Payload | undefined
  #saving: Promise<void> | undefined
  #completing: Promise<void> | undefined
  #isCompleted = false
  #journal: JobJournal | undefined

  constructor(host: JobHost, run: JobRun, task: TaskDefinition) {
    this.#host = host
    this.run = run
    this.task = task
    this.policy = runPolicy(task, run.job.run)
    const { timeoutMs } = this.policy
    this.deadline = timeoutMs === undefined ? undefined : host.clock.now() + timeoutMs
  }

  get id(): string {
    return this.run.job.id
  }

  get name(): string {
    return this.run.job.task
  }

  get queueName(): string {
    return this.run.job.queue
  }

  get attempt(): number {
    return this.run.job.attempt
  }

  get token(): number {
    return this.run.job.token
  }

  get tags(): readonly string[] {
    return this.run.job.tags ?? NO_TAGS
  }

  get meta(): JsonObject {
    this.#meta ??= parseMeta(this.run.job.meta)
    return this.#meta
  }

  // Made when asked for: most tasks never do, and an AbortController costs more than running a short job.
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#stop !== undefined) this.#controller.abort(this.#errorFor(this.#stop))
    }
    return this.#controller.signal
  }

  progress(fraction: number): void {
    if (!(typeof fraction === 'number' && fraction >= 0 && fraction <= 1)) {
      throw invalidOption('progress', fraction, 'is not a number from 0 to 1')
    }
    this.run.append({ progress: fraction }).catch(ignoreHere)
  }

  get log(): JobLog {
    return this.#ownJournal()
  }

  emit(name: string, data?: unknown): void {
    checkLabel('name', name)
    const { codec, clock } = this.#host
    const payload = data === undefined ? undefined : codec.encode(data, 'data')
    this.#ownJournal().add(eventText(clock.now(), name, payload))
  }

  wrote(output: OutputName, piece: string | Uint8Array): void {
    if (this.#host.captureOutput === true && !this.ended) this.#ownJournal().wrote(output, piece)
  }

  saveOutput(value: unknown): Promise<void> {
    const checked = validateOutput(this.task, value)
    const saving =
      checked instanceof Promise ? checked.then((output) => this.#save(output.value)) : this.#save(checked.value)
    const before = this.#saving
    this.#saving = before === undefined ? saving : before.then(() => saving)
    // Not unhandled if the task does not wait for it: the runner does, before the job ends.
    saving.catch(ignoreHere)
    this.#saving.catch(ignoreHere)
    return saving
  }

  complete(tx: Transaction, value?: unknown): Promise<void> {
    const statements = this.#host.transactions
    checkTransaction(tx)
    if (statements === undefined) {
      throw invalidOption('tx', tx, 'is of no use: the store of this job, or its kind of pool, has no transactions')
    }
    const checked = validateOutput(this.task, value)
    const completing =
      checked instanceof Promise
        ? checked.then((output) => this.#complete(tx, statements, output.value))
        : this.#complete(tx, statements, checked.value)
    this.#completing = completing
    completing.catch(ignoreHere)
    return completing
  }

  heartbeat(): Promise<void> {
    return this.run.heartbeat()
  }

  retry(delay?: Duration, reason?: string): Error {
    return new JobVerb(this.token, retryRequest(delay, reason))
  }

  fail(reason: string, options: FailOptions = {}): Error {
    return new JobVerb(this.token, failRequest(reason, options))
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in CurrentJob
  queue<S = any>(name?: string, defaults?: CallOptions): Queue<S> {
    this.#scope ??= this.#host.scope({ id: this.id, token: this.token })
    return this.#scope.queue(name, defaults) as Queue<S>
  }

  childId(name: string): string {
    checkLabel('name', name)
    const id = `${this.id}/${name}`
    if (id.length <= MAX_NAME_LENGTH) return id
    throw new InvalidArgument('name', `invalid name: the id of the child is longer than ${MAX_NAME_LENGTH} characters`)
  }

  waiting(id: string, until: Promise<unknown>): Promise<void> | undefined {
    return this.run.waiting(id, until)
  }

  /** For the runner: where the job is. */
  get home(): JobHost['home'] {
    return this.#host.home
  }

  /** For the runner: why the job was told to stop, if it was. */
  get stopReason(): StopReason | undefined {
    return this.#stop
  }

  /** For the runner: tell the task to stop. */
  stop(reason: StopReason): void {
    this.#stop = reason
    const controller = this.#controller
    if (controller === undefined) return
    // Who listens to the signal is a part of the job, and may ask for it.
    jobStorage.run(this, () => controller.abort(this.#errorFor(reason)))
  }

  /** For the runner: the task has ended the job in a transaction of its own. */
  get isCompleted(): boolean {
    return this.#isCompleted
  }

  /** For the runner: what the task saved last. */
  get output(): Payload | undefined {
    return this.#output
  }

  /** For the runner: resolves when the task's own calls, outputs and lines are stored; `undefined` if they are. */
  pending(): Promise<unknown> | undefined {
    const calls = this.#scope?.pending === true ? this.#scope.flushed() : undefined
    const lines = this.#journal?.end()
    const parts = [calls, this.#saving, this.#completing, lines].filter((part) => part !== undefined)
    return parts.length === 0 ? undefined : Promise.all(parts)
  }

  /** For workers: they end, and what the task has written leaves first. */
  endLines(): void {
    void this.#journal?.end()
  }

  #ownJournal(): JobJournal {
    const { clock } = this.#host
    this.#journal ??= new JobJournal({
      now: () => clock.now(),
      append: (lines) => this.run.append(lines),
      isUrgent: () => this.run.isUrgent === true,
    })
    return this.#journal
  }

  async #complete(tx: Transaction, statements: TransactionStatements, value: unknown): Promise<void> {
    const { id, token } = this
    const { resultTtlMs } = this.task
    const payload = this.#host.codec.encode(value, 'result')
    const completing = await statements.complete({ id, token, value: payload, resultTtlMs })
    try {
      await performIn(tx, completing)
    } catch (error) {
      throw await statements.failure(error)
    }
    this.#isCompleted = true
    this.run.completed?.()
  }

  #save(value: unknown): Promise<void> {
    const output = this.#host.codec.encode(value, 'output')
    this.#output = output
    return this.#store(output)
  }

  async #store(output: Payload): Promise<void> {
    const answer = await this.run.append({ output })
    if (answer === 'lost') throw new LeaseLost(this.id)
  }

  #errorFor(reason: StopReason): Error {
    if (reason.kind === 'canceled') return new JobCanceled(reason.text)
    if (reason.kind === 'timeout') return new JobTimedOut(reason.afterMs)
    return reason.kind === 'lost' ? new LeaseLost(this.id) : new PoolStopping()
  }
}

// News that could not be stored: the pool has stopped, which the job is told by its signal.
function ignoreHere(): void {}
