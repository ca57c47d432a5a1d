// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import { type AnyQueue, type Call, type Deferred, type Queue, TaskSpace } from '../api.ts'
import { accepts, same } from '../same.ts'

const math = new TaskSpace('math', { add: (a: number, b: number) => a + b, 'trig.sin': (x: number) => Math.sin(x) })
const text = new TaskSpace('text', { upper: (s: string) => s.toUpperCase() })
declare const num: Deferred<number>

// Names with dots nest, and a name may be a task and a namespace at once.
const deep = new TaskSpace('shop.orders', {
  'mail.send': (to: string) => to.length,
  'mail.send.again': (to: string, times: number) => to.repeat(times),
  mail: (to: string) => [to],
})
declare const shop: Queue<typeof deep>
same<Deferred<number>>()(shop.shop.orders.mail.send('a'))
same<Deferred<string>>()(shop.shop.orders.mail.send.again('a', num))
same<Deferred<string[]>>()(shop.shop.orders.mail('a'))
// @ts-expect-error not there
shop.shop.orders.male
// @ts-expect-error a namespace is no task
shop.shop.orders()
// @ts-expect-error options belong to the root or a task
shop.shop.orders.with({ priority: 1 })
// @ts-expect-error in the inner namespace
shop.orders.mail.send('a')

// Without a name the tasks are at the root.
const plain = new TaskSpace('', { top: () => 1, 'a.b': () => 'b' })
const unnamed = new TaskSpace().task('one', () => 1)
declare const roots: Queue<[typeof plain, typeof unnamed]>
same<Deferred<number>>()(roots.top())
same<Deferred<string>>()(roots.a.b())
same<Deferred<number>>()(roots.one())

// Several spaces: a tuple, a union, a module.
declare const both: Queue<[typeof math, typeof text]>
same<Deferred<number>>()(both.math.trig.sin(num))
same<Deferred<string>>()(both.text.upper('a'))
declare const constant: Queue<readonly [typeof math, typeof text]>
same<Deferred<number>>()(constant.math.add(1, num))
declare const union: Queue<typeof math | typeof text>
same<Deferred<string>>()(union.text.upper('a'))
declare const module: Queue<typeof import('./tasks-module.ts')>
same<Deferred<number>>()(module.letters.count('a'))
same<Deferred<string[]>>()(module.letters.words.split('a b'))
// @ts-expect-error an export that is no space
module.helper
// Spaces that share a namespace are merged.
const more = new TaskSpace('math', { sub: (a: number, b: number) => a - b })
declare const merged: Queue<[typeof math, typeof more]>
merged.math.sub(merged.math.add(1, 2), 3)
// Two tasks of one path are no error here, but when both are exposed.
const clash = new TaskSpace('math', { add: (texts: string[]) => texts.join() })
declare const clashing: Queue<[typeof math, typeof clash]>
accepts<object>(clashing.math.add)

// Built step by step, a space knows all its tasks.
const chained = new TaskSpace('chain')
  .task('one', () => 1)
  .task('two.three', (s: string) => s)
  .task('four', { retries: 3 }, async (n: number) => n > 0)
declare const chain: Queue<typeof chained>
same<Deferred<number>>()(chain.chain.one())
same<Deferred<string>>()(chain.chain.two.three('a'))
same<Deferred<boolean>>()(chain.chain.four(num))
// @ts-expect-error the argument is a number
chain.chain.four('a')
// A function under its own name is not known to the types.
const silent = new TaskSpace('silent').task(function named() {})
declare const silence: Queue<typeof silent>
// @ts-expect-error not known
silence.silent.named()
same<TaskSpace<'silent', unknown>>()(silent)

// Names that functions have by themselves are legal.
const odd = new TaskSpace('odd', {
  name: () => 1,
  length: (s: string) => s.length,
  call: (n: number) => n,
  apply: () => true,
  bind: () => 'a',
  'a b:c{}': () => 1,
})
declare const odds: Queue<typeof odd>
same<Deferred<number>>()(odds.odd.name())
same<Deferred<number>>()(odds.odd.length('a'))
same<Deferred<number>>()(odds.odd.call(num))
same<Deferred<boolean>>()(odds.odd.apply())
same<Deferred<string>>()(odds.odd.bind())
same<Deferred<number>>()(odds.odd['a b:c{}']())

// Reserved and empty names.
// @ts-expect-error reserved
// biome-ignore lint/suspicious/noThenProperty: it is refused
new TaskSpace('bad', { then: () => 1 })
// @ts-expect-error reserved
new TaskSpace('bad', { toJSON: () => 1 })
// @ts-expect-error a reserved part
new TaskSpace('bad', { 'a.with.b': () => 1 })
// @ts-expect-error a reserved last part
new TaskSpace('bad', { 'a.constructor': () => 1 })
// @ts-expect-error an empty part
new TaskSpace('bad', { 'a..b': () => 1 })
// @ts-expect-error an empty name
new TaskSpace('bad', { '': () => 1 })
// @ts-expect-error reserved
new TaskSpace('prototype')
// @ts-expect-error a reserved part
new TaskSpace('a.__proto__')
// @ts-expect-error reserved
new TaskSpace('bad').task('catch', () => 1)
// @ts-expect-error reserved, with options
new TaskSpace('bad').task('inspect', { retries: 1 }, () => 1)
// @ts-expect-error no function
new TaskSpace('bad', { one: 1 })
// @ts-expect-error namespaces are written with dots
new TaskSpace('bad', { trig: { sin: (x: number) => Math.sin(x) } })
// @ts-expect-error parameters need a type
new TaskSpace('bad', { add: (values) => values.length })

// Without known tasks everything goes.
declare const any: Queue<any>
same<AnyQueue>()(any)
any.math.add(1, num)
any.math.add.with({ priority: 1 })(1)
accepts<AnyQueue>(any)
// A task can be handed around.
accepts<Call<(a: number, b: number) => number>>(both.math.add)
// @ts-expect-error another task
accepts<Call<(a: number, b: number) => number>>(both.text.upper)
// @ts-expect-error a queue is read only
both.math = merged.math
