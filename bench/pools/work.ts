/** Gives back what it gets: all that is measured is the way there and back. */
export function echo(value: unknown): unknown {
  return value
}

/** Keeps a processor busy for some microseconds a step; the same result each time. */
export function compute(steps: number): number {
  let state = 1
  for (let count = 0; count < steps * 1000; count += 1) state = (state * 48_271) % 2_147_483_647
  return state
}
