import { HOME, type Home } from '../deferred/home.ts'
import { ForeignDeferred } from '../errors/usage-errors.ts'
import type { JobRef } from '../queue/deferred.ts'

/**
 * A Deferred that a task returned, if its job may decide this one.
 *
 * @throws ForeignDeferred if it is in another store or namespace.
 */
export function checkedTarget(target: { readonly id: string }, here: Pick<Home, 'url' | 'namespace'>): JobRef {
  const home = (target as { readonly [HOME]?: Home })[HOME]
  if (home?.url === here.url && home.namespace === here.namespace) return target as JobRef
  const there = home === undefined ? 'an unknown broker' : `${home.url} (namespace '${home.namespace}')`
  throw new ForeignDeferred(
    `the task returned a Deferred of ${there}, but runs for ${here.url} (namespace '${here.namespace}'): await its result and return that`,
  )
}
