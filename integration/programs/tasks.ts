// What a user's own package exports; its declarations have to come out whole.
import { type Deferred, TaskSpace, task } from '@taskspace/core'

export const math = new TaskSpace('math', {
  num: (text: string) => Number(text),
  add: (values: number[]) => values.reduce((a, b) => a + b, 0),
  slow: task({ timeout: '30s', retries: 3 }, async (value: number) => value),
})

export function double(value: Deferred<number>): Deferred<number> {
  return value
}
