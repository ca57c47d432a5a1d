// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import { type Deferred, type Queue, TaskSpace } from '../api.ts'
import { accepts, same } from '../same.ts'

type UserId = string & { readonly brand: 'UserId' }
type Size = `${number}px`
declare enum Color {
  Red = 'red',
  Blue = 'blue',
}

export const values = new TaskSpace('values', {
  num: (text: string) => Number(text),
  text: (n: number) => String(n),
  flag: (on: boolean) => on,
  word: (word: 'a' | 'b') => word,
  either: (value: string | number) => value,
  maybe: (value: string | undefined) => value ?? null,
  optional: (value: string, times?: number) => value.repeat(times ?? 1),
  byDefault: (value: string, times = 2) => value.repeat(times),
  rest: (head: string, ...tail: number[]) => [head, tail.length] as const,
  none: () => undefined,
  nothing: () => {},
  big: (n: bigint) => n * 2n,
  date: (at: Date) => at.getTime(),
  bytes: (data: Uint8Array) => data.byteLength,
  buffer: (data: Buffer) => data.byteLength,
  url: (url: URL) => url.href,
  id: (id: UserId) => id.length,
  size: (size: Size) => size.length,
  color: (color: Color) => color,
  whatever: (value: any) => value,
  unknown: (value: unknown) => typeof value,
  // biome-ignore lint/complexity/noBannedTypes: what tasks of other people's have
  empty: (value: {}) => value,
  object: (value: object) => Object.keys(value),
})

declare const q: Queue<typeof values>
declare const num: Deferred<number>
declare const text: Deferred<string>
declare const flag: Deferred<boolean>
declare const id: UserId

same<Deferred<number>>()(q.values.num('1'))
same<Deferred<number>>()(q.values.num(text))
same<Deferred<string>>()(q.values.text(q.values.num('1')))
// @ts-expect-error a Deferred of another type
q.values.num(num)
// @ts-expect-error a value of another type
q.values.num(1)
// @ts-expect-error an argument is missing
q.values.num()
// @ts-expect-error an argument too many
q.values.num('1', '2')

// A Deferred of a union is one Deferred, not a union of them.
same<Deferred<boolean>>()(q.values.flag(flag))
q.values.flag(true)
declare const word: Deferred<'a' | 'b'>
same<Deferred<'a' | 'b'>>()(q.values.word(word))
q.values.word('a')
// @ts-expect-error none of the words
q.values.word('c')
// @ts-expect-error a Deferred of any text
q.values.word(text)
q.values.either(text)
q.values.either(num)
declare const either: Deferred<string | number>
same<Deferred<string | number>>()(q.values.either(either))
// @ts-expect-error the Deferred may hold a number
q.values.num(either)

same<Deferred<string | null>>()(q.values.maybe(undefined))
declare const maybe: Deferred<string | undefined>
q.values.maybe(maybe)
// @ts-expect-error the Deferred may hold undefined
q.values.num(maybe)
q.values.optional('a')
q.values.optional(text, num)
q.values.optional('a', undefined)
// @ts-expect-error the second is a number
q.values.optional('a', 'b')
q.values.byDefault('a')
q.values.byDefault('a', num)
same<Deferred<readonly [string, number]>>()(q.values.rest(text, 1, num, 2))
q.values.rest('a')
// @ts-expect-error a rest argument of another type
q.values.rest('a', text)

same<Deferred<undefined>>()(q.values.none())
same<Deferred<void>>()(q.values.nothing())
// @ts-expect-error takes nothing
q.values.none(1)

declare const big: Deferred<bigint>
same<Deferred<bigint>>()(q.values.big(big))
// @ts-expect-error a number is no bigint
q.values.big(1)
declare const date: Deferred<Date>
same<Deferred<number>>()(q.values.date(date))
q.values.date(new Date(0))
// @ts-expect-error a text is no Date
q.values.date('2024-01-01')
declare const bytes: Deferred<Uint8Array>
q.values.bytes(bytes)
q.values.bytes(new Uint8Array(1))
q.values.buffer(Buffer.from('a'))
q.values.url(new URL('https://example.org'))
// @ts-expect-error a Date is no URL
q.values.url(date)

declare const ids: Deferred<UserId>
q.values.id(id)
q.values.id(ids)
// @ts-expect-error a text without the brand
q.values.id('1')
// @ts-expect-error a Deferred of a text without the brand
q.values.id(text)
q.values.size('10px')
// @ts-expect-error no pixels
q.values.size('10em')
declare const color: Deferred<Color>
same<Deferred<Color>>()(q.values.color(color))
q.values.color(Color.Red)
// @ts-expect-error no color
q.values.color('green')

same<Deferred<any>>()(q.values.whatever(num))
q.values.whatever({ deep: [text] })
q.values.unknown(num)
q.values.unknown({ deep: [text] })
q.values.empty(num)
q.values.empty({ deep: text })
q.values.object(flag)
q.values.object({ deep: text })
// @ts-expect-error not even an object
q.values.object(1)

accepts<number>(await num.result({ timeout: '30s' }))
accepts<number>(num.value)
// @ts-expect-error a Deferred is not its value
accepts<number>(num)
// @ts-expect-error awaiting a Deferred gives the Deferred
accepts<number>({} as Awaited<typeof num>)
