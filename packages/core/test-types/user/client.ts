// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import type { Deferrable, Duration, Queue } from '@taskspace/core'
import type * as tasks from './tasks.ts'

export declare const q: Queue<typeof tasks>
export declare const loose: Queue<any>

export const total = q.math.add([q.math.num('1'), 2])
export const sine = () => q.math.trig.sin(total)
export const waited = total.result({ timeout: '5s' })
export const namespace = q.math
export const call = q.users.admin.greet
export const urgent = q.math.num.with({ priority: 1, id: (text) => String(text) })
export const silent = q.with({ ignoreResult: true })
export const ref = silent.math.num('1')
export const tolerant = q.math.add.with({ onError: 'pass' })
export const anything = loose.any.thing(1)
export const loaded = q.users.admin.load('a')
export function wrap<T>(value: Deferrable<T>, timeout: Duration) {
  return { value, timeout, total }
}
export class Client {
  readonly queue = q
  readonly totals = new Map<string, typeof total>()
  sum(...values: Deferrable<number>[]) {
    return this.queue.math.add(values)
  }
}
