import type { TaskFailure } from '../errors/task-failure.ts'
import type { DeferredRef } from './deferred.ts'

/** Whether a type is `any`. */
export type IsAny<T> = 0 extends 1 & T ? true : false

/** What holds no Deferred inside. */
type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | ((...args: never) => unknown)

/** Keeps a Deferred of something else from passing for an object whose properties it happens to have. */
interface NotDeferred {
  readonly '~deferred'?: never
}

/** A value, or a Deferred of it, at any depth: what a task's parameter of type `T` accepts from a caller. */
// biome-ignore lint/suspicious/noExplicitAny: with `T` in its place a `Deferred<T>` of an open `T` would not be one
export type Deferrable<T> = IsAny<T> extends true ? any : DeferredRef<T> | Inside<T>

type Inside<T> = T extends Leaf | TaskFailure
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? DeferrableMap<K, V>
    : T extends ReadonlySet<infer V>
      ? DeferrableSet<V>
      : T extends readonly (infer E)[]
        ? E[] extends T
          ? readonly Deferrable<E>[]
          : { [K in keyof T]: Deferrable<T[K]> }
        : T extends object
          ? [keyof T] extends [never]
            ? T | DeferredRef<unknown>
            : { [K in keyof T]: Deferrable<T[K]> } & NotDeferred
          : T

/** A Map whose keys and values may be Deferreds. An interface, since those are resolved late: recursive data works. */
export interface DeferrableMap<K, V> extends ReadonlyMap<Deferrable<K>, Deferrable<V>> {}

/** A Set whose members may be Deferreds. */
export interface DeferrableSet<V> extends ReadonlySet<Deferrable<V>> {}

/** Arguments of a call, each a value or a Deferred of it; labels, optional and rest parameters are kept. */
export type DeferrableArgs<A extends readonly unknown[]> = { [K in keyof A]: Deferrable<A[K]> }

/**
 * A parameter under `onError: 'pass'`: a Deferred may stand only where the task's own type admits a `TaskFailure`, since
 * one may come in its place.
 */
export type Passable<T> =
  IsAny<T> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: as in Deferrable
      any
    : ([TaskFailure] extends [T] ? DeferredRef<T> | DeferredRef<Exclude<T, TaskFailure>> : never) | InsidePass<T>

type InsidePass<T> = T extends Leaf | TaskFailure
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? PassableMap<K, V>
    : T extends ReadonlySet<infer V>
      ? PassableSet<V>
      : T extends readonly (infer E)[]
        ? E[] extends T
          ? readonly Passable<E>[]
          : { [K in keyof T]: Passable<T[K]> }
        : T extends object
          ? [keyof T] extends [never]
            ? T | DeferredRef<unknown>
            : { [K in keyof T]: Passable<T[K]> } & NotDeferred
          : T

/** A Map whose keys and values may be Deferreds that fail. */
export interface PassableMap<K, V> extends ReadonlyMap<Passable<K>, Passable<V>> {}

/** A Set whose members may be Deferreds that fail. */
export interface PassableSet<V> extends ReadonlySet<Passable<V>> {}

/** Arguments of a call with `onError: 'pass'`. */
export type PassableArgs<A extends readonly unknown[]> = { [K in keyof A]: Passable<A[K]> }

/** The result of a task that returns `R`: promises awaited, a returned Deferred replaced by its value. */
export type ResultOf<R> = IsAny<R> extends true ? R : Settled<Awaited<R>>

type Settled<R> = R extends DeferredRef<infer U> ? U : R
