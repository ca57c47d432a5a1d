import * as v from 'valibot'
import { z } from 'zod'
import { type Deferred, type Queue, TaskSpace, task } from '../api.ts'
import { same } from '../same.ts'

const User = z.object({ name: z.string(), age: z.string().transform(Number) })
const Port = v.pipe(v.string(), v.transform(Number))
declare const later: Deferred<{ name: string; age: number }>

export const tasks = new TaskSpace('tasks', {
  render: task({ timeout: '30s', retries: 3 }, async (path: string, scale?: number) => path.length * (scale ?? 1)),
  greet: task({ input: User }, ({ name, age }) => `${name.trim()} ${age.toFixed()}`),
  port: task({ input: Port }, async (port) => port + 1),
  load: task({ output: User }, (id: string) => ({ name: id, age: '7' })),
  loadSoon: task({ output: User }, async (id: string) => ({ name: id, age: '7' })),
  convert: task({ input: Port, output: User }, (port) => ({ name: 'a', age: String(port.toFixed()) })),
  forward: task({ input: Port, output: User }, () => later),
  asynchronous: task({ input: z.string().refine(async (s) => s !== '') }, (s) => s.length),
})
declare const q: Queue<typeof tasks>
declare const text: Deferred<string>

same<Deferred<number>>()(q.tasks.render('a'))
same<Deferred<number>>()(q.tasks.render(text, 2))
// @ts-expect-error the scale is a number
q.tasks.render('a', 'b')
const render = task({ priority: 1 }, async (path: string, scale?: number) => path.length * (scale ?? 1))
same<Promise<number>>()(render('a'))

// Callers give what the schema takes, the function gets what it makes of it.
same<Deferred<string>>()(q.tasks.greet({ name: 'a', age: '7' }))
q.tasks.greet({ name: text, age: text })
// @ts-expect-error the age is a text for callers
q.tasks.greet({ name: 'a', age: 7 })
// @ts-expect-error the age is missing
q.tasks.greet({ name: 'a' })
// @ts-expect-error one argument
q.tasks.greet({ name: 'a', age: '7' }, 1)
same<Deferred<number>>()(q.tasks.port('80'))
// @ts-expect-error a text for callers
q.tasks.port(80)
same<Deferred<{ name: string; age: number }>>()(q.tasks.load('a'))
same<Deferred<{ name: string; age: number }>>()(q.tasks.loadSoon(text))
same<Deferred<{ name: string; age: number }>>()(q.tasks.convert('80'))
same<Deferred<{ name: string; age: number }>>()(q.tasks.forward('80'))
same<Deferred<number>>()(q.tasks.asynchronous(text))

// @ts-expect-error the result is not what the schema takes
task({ output: User }, (id: string) => ({ name: id, age: 7 }))
// @ts-expect-error the result is not what the schema takes
task({ input: Port, output: User }, (port) => ({ name: 'a', age: port }))
// @ts-expect-error the function takes a number after the schema
task({ input: Port }, (port: string) => port)
// @ts-expect-error a task with a schema takes one argument
task({ input: Port }, (port: number, other: number) => port + other)
// @ts-expect-error no schema
task({ input: { type: 'string' } }, (value: string) => value)
// @ts-expect-error no such option
task({ retires: 3 }, () => 1)
// @ts-expect-error not a duration
task({ timeout: 'long' }, () => 1)
// @ts-expect-error no function
task({ timeout: '1s' }, 1)
// @ts-expect-error without options a plain function is the task
task(() => 1)
task({ backoff: (attempt, error) => (error instanceof Error ? attempt * 1000 : '1m'), resultTtl: '1d' }, () => 1)
task({ backoff: '1s', maxCrashes: 1, tags: ['a'], delay: 5 }, () => 1)

// The same in a chain.
const chained = new TaskSpace('chain')
  .task('greet', { input: User, retries: 1 }, ({ age }) => age)
  .task('load', { output: User }, (id: string) => ({ name: id, age: '7' }))
  .task('render', { timeout: '1s' }, (path: string) => path.length)
  .task('made', render)
declare const c: Queue<typeof chained>
same<Deferred<number>>()(c.chain.greet({ name: text, age: '7' }))
same<Deferred<{ name: string; age: number }>>()(c.chain.load('a'))
same<Deferred<number>>()(c.chain.render(text))
same<Deferred<number>>()(c.chain.made('a', 1))
// @ts-expect-error the result is not what the schema takes
new TaskSpace('bad').task('load', { output: User }, (id: string) => ({ name: id, age: 7 }))
