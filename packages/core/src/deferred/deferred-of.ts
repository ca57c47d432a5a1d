import type { ResultOf } from '../queue/deferrable.ts'
import type { Deferred } from '../queue/deferred.ts'
import type { AnyFunction, AnyTask } from '../tasks/task.ts'

/** A Deferred of `T`, or, where `T` is a task or a function, of its result. */
export type DeferredOf<T> = [T] extends [AnyTask]
  ? Deferred<ResultOf<T['~task']['result']>>
  : [T] extends [AnyFunction]
    ? Deferred<ResultOf<ReturnType<T>>>
    : Deferred<T>
