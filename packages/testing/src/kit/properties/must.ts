import { AssertionError } from 'node:assert'

/** Throw unless it holds. Said of every record after every step, where a matcher would take most of the time. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new AssertionError({ message: what })
}
