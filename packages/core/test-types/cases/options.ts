// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import type { AllOptions, BackoffOptions, CallOptions, Deferred, Duration, JobRef, Queue } from '../api.ts'
import { duration, type TaskFailure, TaskSpace } from '../api.ts'
import { accepts, same } from '../same.ts'

const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: number[]) => values.length,
  tolerant: (values: (number | TaskFailure)[]) => values.length,
  outcome: (value: string | TaskFailure, label: string) => `${label}${value}`,
  whatever: (value: any) => value,
  unknown: (value: unknown) => typeof value,
})
declare const q: Queue<typeof math>
declare const num: Deferred<number>
declare const text: Deferred<string>
declare const ref: JobRef
declare const seconds: number
declare const given: string

same<Deferred<number>>()(
  q.math.num.with({
    id: 'one',
    onDuplicate: 'return',
    reuseIdWhen: 'complete',
    priority: -5,
    delay: '1.5h',
    dependsOn: [ref, num, 'other'],
    retries: 3,
    backoff: { type: 'exponential', delay: '1s', max: '1m', jitter: 0.5 },
    timeout: 30_000,
    maxCrashes: 1,
    resultTtl: Number.POSITIVE_INFINITY,
    tags: ['a', 'b'],
    meta: { user: { id: 1, roles: ['admin'] } },
  })('1'),
)
q.math.num.with({ runAt: new Date(0), dependsOn: num, backoff: '5s' })('1')
q.math.num.with({ id: (value) => `num-${String(value)}` })('1')
q.math.num.with({})(text)
q.math.num.with({ timeout: undefined })('1')
// @ts-expect-error no such option, with a hint
q.math.num.with({ priorty: 1 })
// @ts-expect-error no such option
q.math.num.with({ throttles: ['a'] })
// @ts-expect-error a text without a unit
q.math.num.with({ timeout: '30' })
// @ts-expect-error no such unit
q.math.num.with({ timeout: '30y' })
// @ts-expect-error any text
q.math.num.with({ timeout: given })
q.math.num.with({ timeout: duration(given), delay: `${seconds}s` })
// @ts-expect-error a function cannot travel
q.math.num.with({ backoff: (attempt: number) => attempt * 1000 })
// @ts-expect-error only an exponential one grows
q.math.num.with({ backoff: { type: 'fixed', delay: '1s', max: '1m' } })
// @ts-expect-error no such policy
q.math.num.with({ onDuplicate: 'overwrite' })
// @ts-expect-error no such policy
q.math.num.with({ onError: 'ignore' })
// @ts-expect-error no id
q.math.num.with({ id: 1 })
// @ts-expect-error an id is made of the task's own arguments
q.math.num.with({ id: (n: number) => String(n) })
// @ts-expect-error the id must be a text
q.math.num.with({ id: () => 1 })
// @ts-expect-error meta is JSON
q.math.num.with({ meta: { at: new Date(0) } })
// @ts-expect-error meta is an object
q.math.num.with({ meta: 'a' })
// @ts-expect-error a value is no dependency
q.math.num.with({ dependsOn: 1 })

// ignoreResult gives a JobRef, which may stand in dependsOn alone.
const ignored = q.math.num.with({ ignoreResult: true })('1')
same<JobRef>()(ignored)
same<Deferred<number>>()(q.math.num.with({ ignoreResult: false })('1'))
q.math.num.with({ dependsOn: ignored })('1')
// @ts-expect-error no result to pass on
q.math.add([ignored])
same<JobRef>()(q.with({ ignoreResult: true }).math.num('1'))
same<JobRef>()(q.with({ ignoreResult: true }).math.num.with({ priority: 1 })('1'))
same<Deferred<number>>()(q.with({ ignoreResult: true }).math.num.with({ ignoreResult: false })('1'))
declare const perhaps: boolean
same<JobRef>()(q.math.num.with({ ignoreResult: perhaps })('1'))
declare const all: AllOptions
same<JobRef>()(q.math.num.with(all)('1'))
// A variable of CallOptions never changes a signature.
declare const options: CallOptions
same<Deferred<number>>()(q.math.num.with(options)('1'))
same<Deferred<number>>()(q.with(options).math.num(text))

// With onError 'pass' a Deferred stands only where its failure may.
const tolerant = q.math.tolerant.with({ onError: 'pass' })
same<Deferred<number>>()(tolerant([1, num]))
declare const nums: Deferred<number[]>
// @ts-expect-error the failure of the whole list is no list
tolerant(nums)
q.math.tolerant(nums)
// @ts-expect-error the task is not made for failures
q.math.add.with({ onError: 'pass' })([num])
q.math.add.with({ onError: 'pass' })([1])
q.math.outcome.with({ onError: 'pass' })(text, 'a')
// @ts-expect-error only the first may fail
q.math.outcome.with({ onError: 'pass' })(text, text)
q.math.outcome(text, text)
// @ts-expect-error a Deferred of another type
q.math.outcome.with({ onError: 'pass' })(num, 'a')
declare const outcome: Deferred<string | TaskFailure>
q.math.outcome.with({ onError: 'pass' })(outcome, 'a')
q.math.whatever.with({ onError: 'pass' })(num)
q.math.unknown.with({ onError: 'pass' })(num)
// @ts-expect-error the same from the root
q.with({ onError: 'pass' }).math.add([num])
q.with({ onError: 'pass' }).math.add.with({ onError: 'fail' })([num])
declare const policy: 'fail' | 'pass'
// @ts-expect-error it may be pass
q.math.add.with({ onError: policy })([num])
declare const optional: { onError?: 'fail' | 'pass' }
// @ts-expect-error it may be pass
q.math.add.with(optional)([num])
q.math.add.with({ onError: 'wait' })([num])

// Later options win, earlier ones stay.
same<JobRef>()(q.math.add.with({ ignoreResult: true }).with({ onError: 'pass' })([1]))

accepts<Duration>('1.5h')
accepts<Duration>(1500)
// @ts-expect-error one number, one unit
accepts<Duration>('1h30m')
accepts<BackoffOptions>({ type: 'fixed', delay: '1s' })
