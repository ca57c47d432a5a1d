// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import { type Deferred, type JsonValue, type Queue, TaskSpace } from '../api.ts'
import { same } from '../same.ts'

type Nested = readonly Nested[]
type Forest = Map<string, Forest>

export const lists = new TaskSpace('lists', {
  add: (values: number[]) => values.reduce((a, b) => a + b, 0),
  readonlyAdd: (values: readonly number[]) => values.length,
  deep: (values: string[][]) => values.flat(),
  pair: (pair: [name: string, age: number]) => pair,
  frozenPair: (pair: readonly [string, number]) => pair.length,
  optionalPair: (pair: [string, number?]) => pair.length,
  variadic: (values: [string, ...number[]]) => values.length,
  map: (map: Map<string, number>) => map.size,
  readonlyMap: (map: ReadonlyMap<string, { n: number }>) => map.size,
  set: (set: Set<string>) => set.size,
  json: (value: JsonValue) => typeof value,
  nested: (value: Nested) => value.length,
  forest: (value: Forest) => value.size,
  anything: (values: any[]) => values.length,
  unknowns: (values: unknown[]) => values.length,
})

declare const q: Queue<typeof lists>
declare const num: Deferred<number>
declare const text: Deferred<string>
declare const nums: Deferred<number[]>
declare const flag: Deferred<boolean>

same<Deferred<number>>()(q.lists.add([1, num, 2]))
q.lists.add(nums)
q.lists.add([])
q.lists.add([1, 2].map((n) => q.lists.add([n])))
// @ts-expect-error an element of another type
q.lists.add([1, text])
// @ts-expect-error a value where a list is wanted
q.lists.add(num)
// @ts-expect-error a Deferred list inside the list
q.lists.add([nums])
q.lists.readonlyAdd([num] as const)
q.lists.readonlyAdd(nums)

declare const texts: Deferred<string[]>
q.lists.deep([['a', text], texts])
// @ts-expect-error one level too few
q.lists.deep(['a'])
// @ts-expect-error an inner element of another type
q.lists.deep([['a', num]])

same<Deferred<[name: string, age: number]>>()(q.lists.pair([text, num]))
declare const pair: Deferred<[string, number]>
q.lists.pair(pair)
// @ts-expect-error in the wrong order
q.lists.pair([num, text])
// @ts-expect-error one is missing
q.lists.pair(['a'])
// @ts-expect-error one too many
q.lists.pair(['a', 1, 2])
q.lists.frozenPair([text, 1])
q.lists.optionalPair(['a'])
q.lists.optionalPair([text, num])
q.lists.variadic(['a', 1, num])
// @ts-expect-error the head is a text
q.lists.variadic([1, 2])

q.lists.map(new Map([['a', 1]]))
q.lists.map(new Map([['a', num]]))
q.lists.map(new Map([[text, num]]))
declare const map: Deferred<Map<string, number>>
q.lists.map(map)
// @ts-expect-error values of another type
q.lists.map(new Map([['a', text]]))
// @ts-expect-error keys of another type
q.lists.map(new Map([[num, 1]]))
q.lists.readonlyMap(new Map([['a', { n: num }]]))
// @ts-expect-error the value's property is a number
q.lists.readonlyMap(new Map([['a', { n: text }]]))
q.lists.set(new Set([text]))
q.lists.set(new Set(['a']))
// @ts-expect-error members of another type
q.lists.set(new Set([num]))

q.lists.json({ a: [1, text, { b: null }] })
q.lists.json([[[num]]])
// @ts-expect-error a Date is no JSON
q.lists.json({ a: new Date(0) })
// @ts-expect-error undefined is no JSON
q.lists.json({ a: undefined })
declare const nested: Deferred<Nested>
q.lists.nested([[], [nested, []]])
// @ts-expect-error texts are not nested lists
q.lists.nested([['a']])
declare const forest: Deferred<Forest>
q.lists.forest(new Map([['a', forest]]))
q.lists.anything([1, text, { a: num }])
q.lists.unknowns([1, text, { a: flag }])
