import { loadBackend } from './backend-loader.ts'
import { Broker } from './broker.ts'
import { HOST } from './broker-host.ts'
import {
  checkGetBrokerOptions,
  checkNamespace,
  DEFAULT_NAMESPACE,
  type GetBrokerOptions,
  parseBrokerOptions,
} from './broker-options.ts'
import { parseBrokerUrl } from './broker-url.ts'
import { isUnavailable } from './client/away.ts'
import { InvalidArgument } from './errors/usage-errors.ts'

/**
 * A broker on the store of a URL: `memory:NAME`, `redis://…`, `rediss://…`, `postgres://…`, `postgresql://…`,
 * `pglite:…`. The scheme picks the backend's package, which must be installed. If the store is away it is tried again at
 * the first need, and a warning is logged.
 *
 * @throws InvalidBrokerUrl `invalid broker URL: …` (WQ-01); BackendMissing naming the package to install;
 * InvalidArgument naming the option; VersionMismatch.
 */
export async function getBroker(url: string, options: GetBrokerOptions = {}): Promise<Broker> {
  checkGetBrokerOptions(options)
  const { namespace: given, ...brokerOptions } = options
  const { clock, logger } = parseBrokerOptions(brokerOptions)
  const target = parseBrokerUrl(url)
  const namespace = given ?? target.namespace ?? DEFAULT_NAMESPACE
  checkNamespace(namespace)
  const backend = await loadBackend(target.scheme, url)
  if (clock !== undefined && target.scheme !== 'memory') throw noClock(target.scheme)

  const queue = backend.createTaskQueue(target.url, { namespace, ...(clock !== undefined && { clock }) })
  const broker = new Broker(queue, brokerOptions)
  try {
    await broker[HOST].opened()
    return broker
  } catch (error) {
    if (!isUnavailable(error)) return giveUp(broker, error)
    logger.warn(`${broker.url} is away; it is tried again when it is needed`, error)
    return broker
  }
}

async function giveUp(broker: Broker, error: unknown): Promise<never> {
  await broker.close()
  throw error
}

function noClock(scheme: string): InvalidArgument {
  return new InvalidArgument('clock', `invalid clock: a ${scheme} backend takes the time from its server`)
}
