import type { AnySpace, SpaceTypes } from '../tasks/task-space.ts'
import type { IsAny } from './deferrable.ts'

type Split<S extends string> = S extends `${infer Head}.${infer Rest}` ? [Head, ...Split<Rest>] : [S]

type Wrap<Path extends readonly string[], T> = Path extends readonly [
  infer Head extends string,
  ...infer Rest extends readonly string[],
]
  ? { readonly [K in Head]: Wrap<Rest, T> }
  : T

type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (u: infer I) => void ? I : never

type Dotted<T> = Extract<keyof T, `${string}.${string}`>

/** Tasks by name, those with dotted names nested. */
type Flat<T> = [Dotted<T>] extends [never]
  ? T
  : Omit<T, Dotted<T>> & UnionToIntersection<{ [K in Dotted<T>]: Wrap<Split<K>, T[K]> }[Dotted<T>]>

type TreeOf<S extends AnySpace> =
  S['~tasks'] extends SpaceTypes<infer Name, infer T> ? (Name extends '' ? Flat<T> : Wrap<Split<Name>, Flat<T>>) : never

type SpaceTree<S> = IsAny<S> extends true ? never : S extends AnySpace ? TreeOf<S> : never

/**
 * The tasks of a space, of a tuple or union of spaces, or of a module whose exports hold spaces, as one tree of
 * namespaces and functions.
 */
export type Merged<S> = UnionToIntersection<
  S extends AnySpace
    ? TreeOf<S>
    : S extends readonly (infer E)[]
      ? SpaceTree<E>
      : { [K in keyof S]: SpaceTree<S[K]> }[keyof S]
>
