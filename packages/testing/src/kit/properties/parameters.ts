import type fc from 'fast-check'
import { given } from './given.ts'
import type { PropertyOptions } from './property-options.ts'
import type { Step } from './step.ts'

/** Sequences tried where nobody says otherwise. */
const DEFAULT_RUNS = 100

/** A sequence takes a few hundred calls; a server answers one in about a millisecond. */
export const PROPERTY_TIMEOUT_MS = 600_000

/** The options in the words of fast-check. */
export function parametersOf({
  runs = DEFAULT_RUNS,
  seed,
  path,
  shrink = true,
}: PropertyOptions): fc.Parameters<[Step[]]> {
  const endOnFailure = path !== undefined || !shrink
  return { numRuns: runs, endOnFailure, ...given({ seed, path }) }
}
