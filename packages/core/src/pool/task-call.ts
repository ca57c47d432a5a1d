import { AsyncResource } from 'node:async_hooks'
import type { Settlement } from '../backend/settlement.ts'
import { decodeFailure } from '../client/decode-failure.ts'
import type { Codec } from '../codec/codec.ts'
import { sealedFor } from '../codec/sealing.ts'
import { isDeferredLike } from '../deferred-brand.ts'
import { isTaskFailure } from '../errors/task-failure.ts'
import type { JobRef } from '../queue/deferred.ts'
import { type Validated, validateInput, validateOutput } from '../tasks/schema.ts'
import type { ArgumentValue, JobMessage } from './executor.ts'
import { returnedRecord } from './failure-record-of.ts'
import { checkedTarget } from './forward-target.ts'
import type { JobContext } from './job-context.ts'
import { jobStorage } from './job-storage.ts'
import { failed, refused, succeeded, threw, timedOut } from './run-outcome.ts'

/** Told what a job comes to; `error` is what was thrown, or the failure returned. */
export type Finish = (context: JobContext, settlement: Settlement, error?: unknown) => void

/**
 * The way of a job through its task: decode, validate, call, validate, encode. Each step goes on at once if it can, and
 * each ends in the next or in `finish`: no promise of it ever rejects.
 */
export class TaskCall {
  readonly #codec: Codec
  readonly #finish: Finish

  constructor(codec: Codec, finish: Finish) {
    this.#codec = codec
    this.#finish = finish
  }

  /** Run the job of this context. */
  begin(context: JobContext): void {
    try {
      const args = validateInput(context.task, decodedArguments(context.run, this.#codec))
      if (args instanceof Promise) this.#callLater(context, args)
      else this.#call(context, args)
    } catch (error) {
      this.#refuse(context, 'invalid-input', error)
    }
  }

  #callLater(context: JobContext, args: Promise<readonly unknown[]>): void {
    args.then(
      (valid) => this.#call(context, valid),
      (error: unknown) => this.#refuse(context, 'invalid-input', error),
    )
  }

  #call(context: JobContext, args: readonly unknown[]): void {
    let returned: unknown
    try {
      returned = outside.runInAsyncScope(enterAndApply, undefined, context, args)
      if (isThenable(returned)) {
        this.#awaitResult(context, returned)
        return
      }
    } catch (error) {
      this.#threw(context, error)
      return
    }
    this.#returned(context, returned)
  }

  #awaitResult(context: JobContext, result: unknown): void {
    Promise.resolve(result).then(
      (value) => this.#returned(context, value),
      (error: unknown) => this.#threw(context, error),
    )
  }

  #threw(context: JobContext, error: unknown): void {
    this.#finish(context, threw(context, error, this.#codec), error)
  }

  #returned(context: JobContext, value: unknown): void {
    if (context.stopReason?.kind === 'timeout') {
      this.#finish(context, timedOut(context, this.#codec))
      return
    }
    let settlement: Settlement | undefined
    try {
      settlement = this.#outcomeOf(context, value)
    } catch (error) {
      this.#refuse(context, 'invalid-output', error)
      return
    }
    if (settlement !== undefined) this.#finish(context, settlement, settlement.kind === 'failure' ? value : undefined)
  }

  /** What the job comes to; `undefined` if that is told later. */
  #outcomeOf(context: JobContext, value: unknown): Settlement | undefined {
    if (isDeferredLike(value)) {
      this.#forward(context, checkedTarget(value, context.home))
      return undefined
    }
    if (isTaskFailure(value)) return failed(context, returnedRecord(context.run.job, value, this.#codec))
    const saved = value === undefined ? context.output : undefined
    if (saved !== undefined) return succeeded(context, saved)
    if (context.task.output === undefined) return this.#encoded(context, value)

    const checked = validateOutput(context.task, value)
    if (!(checked instanceof Promise)) return this.#encoded(context, checked.value)
    this.#encodeLater(context, checked)
    return undefined
  }

  /** The job's outcome is to be that of the job returned, which has to be stored first. */
  #forward(context: JobContext, target: JobRef): void {
    const { id, token } = context.run.job
    target.enqueued().then(
      () => this.#finish(context, { kind: 'forward', id, token, to: target.id }),
      (error: unknown) => this.#threw(context, error),
    )
  }

  #encodeLater(context: JobContext, checked: Promise<Validated>): void {
    checked
      .then(({ value }) => this.#encoded(context, value))
      .then(
        (settlement) => this.#finish(context, settlement),
        (error: unknown) => this.#refuse(context, 'invalid-output', error),
      )
  }

  #encoded(context: JobContext, value: unknown): Settlement {
    return succeeded(context, sealedFor(this.#codec, this.#codec.encode(value, 'result')))
  }

  #refuse(context: JobContext, kind: 'invalid-input' | 'invalid-output', error: unknown): void {
    const stopped = context.stopReason !== undefined
    this.#finish(
      context,
      stopped ? threw(context, error, this.#codec) : refused(context, kind, error, this.#codec),
      error,
    )
  }
}

const NO_VALUES: readonly unknown[] = []

function decodedArguments({ job, values }: JobMessage, codec: Codec): readonly unknown[] {
  if (values.length === 0) return codec.decodeArguments(job.input, NO_VALUES)
  const decoded = values.map((value) => decodedValue(value, codec))
  return codec.decodeArguments(job.input, decoded)
}

function decodedValue(value: ArgumentValue, codec: Codec): unknown {
  return value.kind === 'value' ? codec.decode(value.payload) : decodeFailure(codec, value.failure)
}

/**
 * The context in which this module was loaded: outside of whoever enqueued the job, or started the pool. Leaving it again
 * costs less than leaving `jobStorage.run`, which makes a second context for that; a third of `AsyncLocalStorage.snapshot`.
 */
const outside = new AsyncResource('taskspace.task')

// Not a method call: tasks given as functions have no `this`.
function enterAndApply(context: JobContext, args: readonly unknown[]): unknown {
  jobStorage.enterWith(context)
  const { fn } = context.task
  return fn(...args)
}

function isThenable(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return typeof (value as { readonly then?: unknown }).then === 'function'
}
