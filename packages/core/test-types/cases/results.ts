// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import type { Deferred, JobRef, Queue } from '../api.ts'
import { type ResultOf, TaskSpace } from '../api.ts'
import { accepts, same } from '../same.ts'

declare const later: Deferred<number>
declare function pick<T>(values: T[]): T
declare function overloaded(value: string): string
declare function overloaded(value: number): number

export const results = new TaskSpace('results', {
  soon: async (n: number) => n + 1,
  forward: (_n: number) => later,
  forwardSoon: async (_n: number) => later,
  either: (n: number): number | Deferred<number> => (n > 0 ? n : later),
  eitherSoon: async (n: number): Promise<number | Deferred<number>> => (n > 0 ? n : later),
  fails: (): never => {
    throw new Error('always')
  },
  literal: () => 'done' as const,
  list: async () => [1, 2, 3],
  whatever: (): any => 1,
  pick,
  pickNumbers: pick<number>,
  overloaded,
})

declare const q: Queue<typeof results>

same<Deferred<number>>()(q.results.soon(1))
same<Deferred<number>>()(q.results.forward(1))
same<Deferred<number>>()(q.results.forwardSoon(1))
same<Deferred<number>>()(q.results.either(1))
same<Deferred<number>>()(q.results.eitherSoon(1))
same<Deferred<never>>()(q.results.fails())
same<Deferred<'done'>>()(q.results.literal())
same<Deferred<number[]>>()(q.results.list())
same<Deferred<any>>()(q.results.whatever())
same<Promise<number>>()(q.results.soon(1).result())
same<boolean>()(q.results.soon(1).hasValue())
same<number>()(q.results.soon(1).value)
same<Promise<Deferred<number>>>()(q.results.soon(1).enqueued())
same<Promise<unknown>>()(q.results.soon(1).output())

// A generic task decays; instantiated it keeps its types.
same<Deferred<unknown>>()(q.results.pick(['a']))
same<Deferred<number>>()(q.results.pickNumbers([1, later]))
// @ts-expect-error instantiated for numbers
q.results.pickNumbers(['a'])
// The last overload is the task.
same<Deferred<number>>()(q.results.overloaded(1))
// @ts-expect-error the first overload is not seen
q.results.overloaded('a')

same<number>()(0 as ResultOf<Promise<number | Deferred<number>>>)
same<string | boolean>()('' as ResultOf<Promise<string> | Deferred<boolean>>)

// A Deferred is one of a wider type, and a JobRef; not the other way round.
declare const num: Deferred<number>
declare const wide: Deferred<number | string>
declare const ref: JobRef
accepts<Deferred<number | string>>(num)
accepts<JobRef>(num)
// @ts-expect-error wider
accepts<Deferred<number>>(wide)
// @ts-expect-error a JobRef has no result
accepts<Deferred<number>>(ref)
// @ts-expect-error a JobRef has no result
ref.result()
// @ts-expect-error a JobRef has no value
ref.value
// @ts-expect-error read only
num.id = 'a'
await ref.cancel('enough')
await ref.cancel({ reason: 'enough', cascade: 'release' })
// @ts-expect-error no such cascade
await ref.cancel({ cascade: 'all' })
await ref.wait('5s', { signal: new AbortController().signal })
await ref.wait(Number.POSITIVE_INFINITY)

// A task that uses its own space names its result.
declare const self: Queue<typeof recursive>
export const recursive = new TaskSpace('recursive', {
  fib: (n: number): number | Deferred<number> =>
    n < 2 ? n : self.recursive.add(self.recursive.fib(n - 1), self.recursive.fib(n - 2)),
  add: (a: number, b: number) => a + b,
})
same<Deferred<number>>()(self.recursive.fib(10))
