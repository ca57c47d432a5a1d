import { type Duration, duration, InvalidArgument } from '@taskspace/core'

/** Milliseconds of a duration. @throws InvalidArgument for what is none. */
export function milliseconds(time: Duration): number {
  if (typeof time === 'string') return duration(time)
  if (Number.isFinite(time) && time >= 0) return time
  throw new InvalidArgument('duration', `invalid duration: ${String(time)} is not a number of milliseconds from 0`)
}
