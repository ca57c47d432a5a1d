import { exceeds, payloadSize } from './backend/payload.ts'
import type { HeldJob } from './backend/session.ts'
import type { Client } from './client/client.ts'
import type { JobDraft, Link } from './client/gathering.ts'
import { sealedFor } from './codec/sealing.ts'
import { DeferredJob } from './deferred/deferred-job.ts'
import { IgnoredJob } from './deferred/ignored-job.ts'
import { argumentLink, dependencyLink } from './deferred/link-to.ts'
import { PayloadTooLarge } from './errors/usage-errors.ts'
import { newJobId } from './job-id.ts'
import type { CallTarget } from './queue/call-target.ts'
import { idOf } from './queue/parse-call-options.ts'
import { mergeOptions, NO_OPTIONS, type ParsedOptions } from './queue/parsed-options.ts'
import { validateInput } from './tasks/schema.ts'
import type { TaskDefinition } from './tasks/task-definition.ts'
import type { TaskRegistry } from './tasks/task-registry.ts'

/** Where the calls of a queue come from, and go to. */
export interface CallSource {
  readonly client: Client
  readonly tasks: TaskRegistry
  readonly maxPayloadBytes: number
  /** @throws Closed when no more calls are taken. */
  checkOpen(): void
  /** The job that makes the calls, by its claim. */
  readonly parent?: HeldJob
  /** Told of each call made. */
  made?(entry: DeferredJob): void
}

/** Turns calls made through a queue into jobs. */
export class BrokerCalls implements CallTarget {
  readonly #source: CallSource
  readonly #queue: string

  constructor(source: CallSource, queue: string) {
    this.#source = source
    this.#queue = queue
  }

  get owner(): object {
    return this.#source.client
  }

  describe(): string {
    return this.#queue
  }

  call(task: string, args: readonly unknown[], given: ParsedOptions): DeferredJob {
    const source = this.#source
    source.checkOpen()
    const { client } = source
    const definition = source.tasks.get(task)
    const options = definition === undefined ? given : mergeOptions(given, definition.enqueue)

    const outbox = client.outboxOf(options.tx)
    const { payload, deferreds } = client.codec.encodeArguments(args)
    if (exceeds(payload, source.maxPayloadBytes)) throw tooLarge(task, payloadSize(payload), source.maxPayloadBytes)
    const job = this.#draft(task, sealedFor(client.codec, payload), options, args)
    const links =
      deferreds.length === 0 && options.dependsOn === undefined ? undefined : linksOf(client, deferreds, options)
    // Last, when nothing else can refuse the call: a promise that rejects has to reach the handle.
    const checked = deferreds.length === 0 && definition?.input !== undefined && checkInput(definition, args)

    const identity = { id: job.id, name: task, queue: this.#queue }
    const Handle = options.ignoreResult === true ? IgnoredJob : DeferredJob
    const entry = new Handle(client, identity, 'gathered')
    if (checked instanceof Promise) outbox.addWhen(checked, entry, job, links)
    else outbox.add(entry, job, links)
    source.made?.(entry)
    return entry
  }

  #draft(task: string, input: JobDraft['input'], options: ParsedOptions, args: readonly unknown[]): JobDraft {
    const id = idOf(options, args)
    const generated = id === undefined
    const job: JobDraft = { id: generated ? newJobId() : id, generated, task, queue: this.#queue, input }
    if (options !== NO_OPTIONS) writeOptions(job, options)
    if (this.#source.parent !== undefined) job.parent = this.#source.parent
    return job
  }
}

function linksOf(client: Client, deferreds: readonly { readonly id: string }[], options: ParsedOptions): Link[] {
  const { onError = 'fail', dependsOn = [] } = options
  return [
    ...deferreds.map((deferred) => argumentLink(client, deferred, onError)),
    ...dependsOn.map((dependency) => dependencyLink(client, dependency, onError)),
  ]
}

/**
 * Returns a promise for an asynchronous schema, and for input that is refused: like everything that says no to a call
 * whose arguments can travel, that rejects the handle. What the schema makes of the input is thrown away: the worker
 * asks it again.
 */
function checkInput(definition: TaskDefinition, args: readonly unknown[]): unknown {
  try {
    return validateInput(definition, args)
  } catch (error) {
    return Promise.reject(error)
  }
}

function writeOptions(job: JobDraft, options: ParsedOptions): void {
  const { onDuplicate, reuseEnded, priority, delayMs, runAt, run, maxCrashes, resultTtlMs, tags, meta } = options
  if (onDuplicate !== undefined) job.onDuplicate = onDuplicate
  if (reuseEnded !== undefined) job.reuseEnded = reuseEnded
  if (priority !== undefined) job.priority = priority
  if (delayMs !== undefined) job.delayMs = delayMs
  if (runAt !== undefined) job.runAt = runAt
  if (run !== undefined) job.run = run
  if (maxCrashes !== undefined) job.maxCrashes = maxCrashes
  if (resultTtlMs !== undefined) job.resultTtlMs = resultTtlMs
  if (tags !== undefined) job.tags = tags
  if (meta !== undefined) job.meta = meta
  if (options.ignoreResult === true) job.ignoreResult = true
}

function tooLarge(task: string, size: number, limit: number): PayloadTooLarge {
  return new PayloadTooLarge(`arguments of ${task} take ${size} bytes, more than the limit of ${limit}`)
}
