import { type Clock, CONTRACT_VERSION, InvalidArgument } from '@taskspace/core/backend'
import { Store } from './store.ts'

interface Shared {
  readonly store: Store
  /** How many open queues use it. */
  users: number
}

/** Where every copy of this package finds the stores of the process. */
const REGISTRY = Symbol.for(`taskspace/memory/${CONTRACT_VERSION}`)

/** Use the store of a URL and namespace, made for the first who asks. @throws InvalidArgument for another clock. */
export function openStore(url: string, namespace: string, clock: Clock | undefined, fallback: Clock): Store {
  const stores = registry()
  const key = JSON.stringify([url, namespace])
  const shared = stores.get(key) ?? { store: new Store(clock ?? fallback), users: 0 }
  if (clock !== undefined && shared.store.clock !== clock) {
    throw new InvalidArgument(
      'clock',
      `invalid clock: the store of '${url}', namespace '${namespace}', has another one`,
    )
  }
  stores.set(key, shared)
  shared.users += 1
  return shared.store
}

/** Stop using a store; the last who does frees it. */
export function closeStore(url: string, namespace: string): void {
  const stores = registry()
  const key = JSON.stringify([url, namespace])
  const shared = stores.get(key)
  if (shared === undefined) return
  shared.users -= 1
  if (shared.users === 0) stores.delete(key)
}

function registry(): Map<string, Shared> {
  const holder = globalThis as { [REGISTRY]?: Map<string, Shared> }
  holder[REGISTRY] ??= new Map()
  return holder[REGISTRY]
}
