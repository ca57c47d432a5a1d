import { type Deferrable, type Deferred, type Queue, type TaskFailure, TaskSpace } from '../api.ts'
import { same } from '../same.ts'

interface Tree {
  readonly value: number
  readonly children: readonly Tree[]
}
interface Message {
  title: string
  body?: string
  tags?: string[]
}
type Shape = { kind: 'circle'; radius: number } | { kind: 'square'; side: number }
type Money = { amount: number } & { readonly [brand]: 'Money' }
declare const brand: unique symbol
class Point {
  x = 0
  y = 0
  length(): number {
    return Math.hypot(this.x, this.y)
  }
}

export const objects = new TaskSpace('objects', {
  send: (message: Message) => message.title,
  owner: (owner: { id: string }) => owner.id,
  valued: (box: { value: number }) => box.value,
  tree: (tree: Tree) => tree.value,
  area: (shape: Shape) => shape.kind,
  record: (counts: Record<string, number>) => Object.keys(counts),
  pay: (money: Money) => money.amount,
  point: (point: Point) => point.length(),
  outcome: (outcome: { value: number | TaskFailure }) => outcome,
  partial: (settings: Partial<{ depth: number; name: string }>) => settings,
})

declare const q: Queue<typeof objects>
declare const num: Deferred<number>
declare const text: Deferred<string>
declare const texts: Deferred<string[]>

same<Deferred<string>>()(q.objects.send({ title: 'a' }))
q.objects.send({ title: text, body: text, tags: ['a', text] })
q.objects.send({ title: 'a', tags: texts })
declare const message: Deferred<Message>
q.objects.send(message)
// @ts-expect-error a property of another type
q.objects.send({ title: num })
// @ts-expect-error a property is missing
q.objects.send({ body: 'a' })
// @ts-expect-error a property that the task does not know, though a Deferred has one of this name
q.objects.send({ title: 'a', status: 'b' })
// @ts-expect-error a property that the task does not know
q.objects.send({ title: 'a', sender: 'b' })
// @ts-expect-error undefined is not absent under exactOptionalPropertyTypes
q.objects.send({ title: 'a', body: undefined })

q.objects.owner({ id: text })
declare const owner: Deferred<{ id: string }>
q.objects.owner(owner)
// @ts-expect-error a Deferred has an id, which is not the owner's
q.objects.owner(num)
// @ts-expect-error a Deferred has a value, which is not the box's
q.objects.valued(num)
declare const box: Deferred<{ value: number }>
q.objects.valued(box)
q.objects.valued({ value: num })

declare const tree: Deferred<Tree>
q.objects.tree({ value: num, children: [{ value: 1, children: [tree] }, tree] })
// @ts-expect-error deep inside, a text where a number is wanted
q.objects.tree({ value: 1, children: [{ value: 'a', children: [] }] })

q.objects.area({ kind: 'circle', radius: num })
declare const shape: Deferred<Shape>
declare const circle: Deferred<{ kind: 'circle'; radius: number }>
q.objects.area(shape)
q.objects.area(circle)
// @ts-expect-error a square has no radius
q.objects.area({ kind: 'square', radius: 1 })
// @ts-expect-error no such shape
q.objects.area({ kind: 'star', points: 5 })

q.objects.record({ a: 1, b: num })
// @ts-expect-error a value of another type
q.objects.record({ a: text })

declare const money: Money
declare const payment: Deferred<Money>
q.objects.pay(money)
q.objects.pay(payment)
// @ts-expect-error without the brand
q.objects.pay({ amount: 1 })

q.objects.point(new Point())
// @ts-expect-error no Point
q.objects.point({ x: 1 })

// Where a task admits a failure anyway, a Deferred is accepted as usual.
q.objects.outcome({ value: num })
declare const failure: TaskFailure
q.objects.outcome({ value: failure })
q.objects.partial({})
q.objects.partial({ depth: num })

// Generic code of one's own writes both: `T` alone is not seen to be `Deferrable<T>`.
export function wrap<T>(value: T | Deferrable<T>): { readonly wrapped: T | Deferrable<T> } {
  return { wrapped: value }
}
wrap<string>(text)
wrap<string>('a')
export function pass<T>(deferred: Deferred<T>): Deferrable<T> {
  return deferred
}
