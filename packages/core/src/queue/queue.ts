import type { AnyFunction, AnyTask, Task } from '../tasks/task.ts'
import type { AllOptions } from './call-options.ts'
import type { DeferrableArgs, IsAny, PassableArgs, ResultOf } from './deferrable.ts'
import type { Deferred, JobRef } from './deferred.ts'
import type { Merged } from './spaces.ts'

type ArgsOf<F> = F extends Task<infer A, unknown> ? A : F extends (...args: infer A) => unknown ? A : never

type ReturnOf<F> = F extends Task<readonly unknown[], infer R> ? R : F extends (...args: never) => infer R ? R : never

/** Refuses options that do not exist, which a type parameter does not by itself. */
export type Only<P> = { readonly [K in Exclude<keyof P, keyof AllOptions>]: never }

/** The type of an option among those given so far; what may be absent may be the default. */
type Given<O, K extends string, Default> = K extends keyof O
  ? Exclude<O[K], undefined> | (undefined extends O[K] ? Default : never)
  : Default

/** Options `O` once `P` are given as well: the newer ones win. */
export type WithOptions<O, P> = { readonly [K in keyof O | keyof P]: K extends keyof P ? P[K] : O[K & keyof O] }

/** Arguments of a call of `F` with the options `O`: values, or Deferreds of them. */
export type CallArgs<F, O> =
  'pass' extends Given<O, 'onError', 'fail'> ? PassableArgs<ArgsOf<F>> : DeferrableArgs<ArgsOf<F>>

/** What a call returns: a Deferred, or a mere `JobRef` where there may be no result. */
export type CallResult<F, O> = true extends Given<O, 'ignoreResult', false> ? JobRef : Deferred<ResultOf<ReturnOf<F>>>

/** A task as it is called through a queue, with the options `O` given so far. */
export interface Call<F, O = unknown> {
  /**
   * Enqueue a job: returns at once; calls made in the same tick travel together. Arguments are encoded before it
   * returns, so what cannot be sent throws here, and later changes to them do not matter. Calls with no answer yet may be
   * arguments. Give callbacks of your own to `map`: `texts.map((text) => q.math.num(text))`.
   *
   * @throws NotSerializable, PayloadTooLarge, ForeignDeferred, InvalidArgument, InvalidName, Closed
   */
  (...args: CallArgs<F, O>): CallResult<F, O>
  /**
   * The same task with options, which go before the queue's defaults and the task's own. Checked once, so keep it for
   * many calls.
   *
   * @throws InvalidArgument
   */
  with<const P extends AllOptions<CallArgs<F, O>>>(options: P & Only<P>): Call<F, WithOptions<O, P>>
}

type NamesIn<T> = Exclude<keyof T, keyof AnyFunction | '~task' | 'with'>

/** What stands at one path of a queue: a task, a namespace, or both at once (`foo`, `foo.bar`). */
export type QueueNode<T, O> = (T extends AnyFunction | AnyTask ? Call<T, O> : unknown) & {
  readonly [K in NamesIn<T>]: QueueNode<T[K], O>
}

/** The whole of a queue: namespaces whose leaves can be called, and options for all of them. */
export type QueueTree<T, O = unknown> = { readonly [K in keyof T]: QueueNode<T[K], O> } & {
  /**
   * The same queue with options for every call made through it, which go before its defaults and the tasks' own.
   *
   * @throws InvalidArgument
   */
  with<const P extends AllOptions>(options: P & Only<P>): QueueTree<T, WithOptions<O, P>>
}

/** A queue whose tasks are not known to the compiler: anything goes, and fails at run time with `no such task`. */
export interface AnyQueue {
  // biome-ignore lint/suspicious/noExplicitAny: the point of this type
  (...args: any[]): Deferred<any>
  // biome-ignore lint/suspicious/noExplicitAny: the point of this type
  readonly [name: string]: any
}

/**
 * A queue of the tasks of `S`: a space (`typeof math`), several (`[typeof math, typeof text]`), or a module
 * (`typeof import('./tasks.js')`). `any` gives `AnyQueue`.
 */
export type Queue<S> = IsAny<S> extends true ? AnyQueue : QueueTree<Merged<S>>
