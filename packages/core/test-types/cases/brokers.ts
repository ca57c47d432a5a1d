import type { Broker } from '../../src/broker.ts'
import { getQueue } from '../../src/get-queue.ts'
import type { JobInfo } from '../../src/job-info.ts'
import { type AnyQueue, type Deferred, type JobRef, TaskSpace, task } from '../api.ts'
import { accepts, same } from '../same.ts'

const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  later: task({ timeout: '3s' }, async (text: string) => text.length),
})
const text = new TaskSpace('text', { upper: (s: string) => s.toUpperCase() })
declare const broker: Broker

// A queue of a broker is typed by its argument alone, and not at all without one.
same<Deferred<number>>()(broker.queue<typeof math>().math.num('1'))
same<Deferred<string>>()(broker.queue<[typeof math, typeof text]>('mail', { priority: 1 }).text.upper('a'))
accepts<AnyQueue>(broker.queue())
// @ts-expect-error it changes the type of calls
broker.queue('mail', { ignoreResult: true })

// getQueue likewise, or by the spaces it is given; either way it can be disposed of.
export async function queues(): Promise<void> {
  await using one = await getQueue<typeof math>('memory:', 'mail')
  same<Deferred<number>>()(one.math.num('1'))
  await using two = await getQueue<typeof math>('memory:', { namespace: 'shop', defaults: { timeout: '3s' } })
  same<JobRef>()(two.with({ ignoreResult: true }).math.num('1'))
  await using both = await getQueue('memory:', { spaces: [math, text] })
  same<Deferred<string>>()(both.text.upper('a'))
  same<Deferred<number>>()(both.math.later('a'))
  // @ts-expect-error not there
  both.text.lower('a')
  await using single = await getQueue('memory:', { spaces: math })
  same<Deferred<number>>()(single.math.num('1'))
  await using any = await getQueue('memory:')
  accepts<AnyQueue>(any)
  accepts<Deferred<string>>(any.what.ever(1))
  // @ts-expect-error options of calls are apart from those of the broker
  await getQueue('memory:', { timeout: '3s' })
}

// A handle made from an id: of a value, of a function's result, of a task's.
const double = async (x: number) => x * 2
same<Deferred<number>>()(broker.deferred<number>('id'))
same<Deferred<unknown>>()(broker.deferred('id'))
same<Deferred<number>>()(broker.deferred<typeof double>('id'))
const slow = task({ timeout: '3s' }, (x: number): number | Deferred<number> => x)
same<Deferred<number>>()(broker.deferred<typeof slow>('id'))
declare const q: ReturnType<typeof broker.queue<typeof math>>
same<Deferred<number>>()(broker.deferred<typeof q.math.num>('id'))

// Administration.
same<Promise<JobInfo>>()(broker.jobs.get('id'))
same<Promise<readonly (JobInfo | undefined)[]>>()(broker.jobs.getMany(['id']))
accepts<Promise<number>>(broker.jobs.depend('id', [q.math.num('1'), 'other']))
accepts<Promise<number>>(broker.queues.get('mail').drain())
accepts<AsyncDisposable>(broker)
