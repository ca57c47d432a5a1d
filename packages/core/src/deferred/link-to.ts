import type { Edge } from '../backend/new-job.ts'
import type { Client } from '../client/client.ts'
import type { Link } from '../client/gathering.ts'
import { ResultIgnored } from '../errors/job-errors.ts'
import { ForeignDeferred } from '../errors/usage-errors.ts'
import type { Dependency } from '../queue/call-options.ts'
import type { JobRef } from '../queue/deferred.ts'
import { DeferredJob } from './deferred-job.ts'
import { HOME, type Home } from './home.ts'

/**
 * The edge to a Deferred that stands in the arguments.
 *
 * @throws ResultIgnored if it keeps no result; ForeignDeferred if it is in another store or namespace.
 */
export function argumentLink(client: Client, deferred: { readonly id: string }, onError: Edge['onError']): Link {
  const home = homeOf(deferred)
  if (home?.ignoresResult === true) throw new ResultIgnored(deferred.id)
  return { kind: 'value', onError, on: known(client, deferred, home) }
}

/**
 * The edge to a job that is only waited for.
 *
 * @throws ForeignDeferred if it is in another store or namespace.
 */
export function dependencyLink(client: Client, dependency: Dependency, onError: Edge['onError']): Link {
  const on = typeof dependency === 'string' ? dependency : known(client, dependency, homeOf(dependency))
  return { kind: 'order', onError, on }
}

function known(client: Client, ref: { readonly id: string }, home: Home | undefined): DeferredJob {
  if (home === undefined || home.url !== client.url || home.namespace !== client.namespace) {
    throw new ForeignDeferred(
      `job ${ref.id} is of ${shown(home)}, the call is of ${shown(client)}: await its result and pass the value`,
    )
  }
  const entry = ref instanceof DeferredJob ? ref : adopted(client, ref as JobRef)
  entry.use()
  return entry
}

function shown(home: Pick<Home, 'url' | 'namespace'> | undefined): string {
  return home === undefined ? 'an unknown broker' : `${home.url} (namespace ${home.namespace})`
}

function homeOf(ref: object): Home | undefined {
  return (ref as { readonly [HOME]?: Home })[HOME]
}

/** A handle of our own on a job whose handle was made by another copy of this package. */
function adopted(client: Client, ref: JobRef): DeferredJob {
  const own = new DeferredJob(client, ref, 'gathered')
  ref.enqueued().then(
    () => own.markStored(),
    (error) => own.lose(error),
  )
  return own
}
