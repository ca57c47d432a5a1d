import { type Deferred, TaskSpace, task } from '@taskspace/core'
import { z } from 'zod'

export interface User {
  readonly name: string
  readonly friends: readonly User[]
}

export const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: number[]) => values.length,
  'trig.sin': async (x: number) => Math.sin(x),
  fib: (n: number): number | Deferred<number> => n,
})

export const users = new TaskSpace('users.admin', {
  greet: (user: User) => user.name,
  save: task({ timeout: '5s', retries: 2 }, async (user: User) => user),
  load: task({ input: z.string(), output: z.object({ name: z.string() }) }, (name) => ({ name })),
}).task('remove', { priority: 1 }, (user: User) => user.name.length)
