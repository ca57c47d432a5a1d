type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

/** Compiles if the value's type is exactly `A`: `same<number>()(1 + 1)`. */
export declare function same<A>(): <B>(value: B, ...differ: Same<A, B> extends true ? [] : [expected: A]) => void

/** Compiles if the value can be used as an `A`. */
export declare function accepts<A>(value: A): void
