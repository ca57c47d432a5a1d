import type { Deferred, JobRef } from '@taskspace/core'
import { Client, call, loaded, namespace, q, ref, silent, sine, tolerant, total, urgent, wrap } from '../out/client.js'
import { math } from '../out/tasks.js'

export const results: Deferred<number>[] = [
  total,
  sine(),
  namespace.num('1'),
  urgent('1'),
  tolerant([1]),
  q.math.num('1'),
  q.users.admin.remove({ name: 'a', friends: [] }),
  new Client().sum(1, total),
  wrap<number>(total, '5s').total,
]
export const texts: Deferred<string>[] = [call({ name: 'a', friends: [] })]
export const refs: JobRef[] = [ref, silent.math.num('1')]
export const names: Deferred<{ name: string }>[] = [loaded]
export const space: typeof math = math

// @ts-expect-error a Deferred of another type
q.math.num(total)
// @ts-expect-error the Deferred may fail
tolerant([total])
