import { HOST } from './broker-host.ts'
import type { GetBrokerOptions } from './broker-options.ts'
import { getBroker } from './get-broker.ts'
import type { CallOptions } from './queue/call-options.ts'
import { invalidOption } from './queue/option-values.ts'
import type { Queue } from './queue/queue.ts'

/** Options of `getQueue`: those of the broker it makes, and what belongs to the queue. */
export interface QueueOptions extends GetBrokerOptions {
  /** Name of the queue; default `default`. */
  readonly name?: string | undefined
  /** Options of every call made through the queue. */
  readonly defaults?: CallOptions | undefined
}

/** A space, an array of spaces, or a module that exports spaces; also exposed, so that calls know their tasks' options. */
export interface SpacesOption<S> {
  readonly spaces: S
}

/**
 * A queue on the store of a URL, with a broker of its own, which `await using` (or `Symbol.asyncDispose`) closes:
 * `getQueue<typeof math>('redis://localhost')`, where the type argument is a space, `[typeof math, typeof text]` or
 * `typeof import('./tasks.js')`; or `getQueue(url, { spaces: [math, text] })`, which infers it.
 *
 * @throws what `getBroker`, `broker.expose` and `broker.queue` throw.
 */
export function getQueue<const S>(
  url: string,
  options: QueueOptions & SpacesOption<S>,
): Promise<Queue<S> & AsyncDisposable>
// biome-ignore lint/suspicious/noExplicitAny: without a type argument anything goes
export function getQueue<S = any>(
  url: string,
  nameOrOptions?: string | QueueOptions,
): Promise<Queue<S> & AsyncDisposable>
export async function getQueue(
  url: string,
  nameOrOptions: string | (QueueOptions & Partial<SpacesOption<object>>) = {},
): Promise<unknown> {
  const options = typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions
  if (typeof options !== 'object' || options === null) throw invalidOption('options', options, 'is not an object')
  const { name = 'default', defaults, spaces, ...brokerOptions } = options
  const broker = await getBroker(url, brokerOptions)
  try {
    if (spaces !== undefined) broker.expose(spaces)
    return broker[HOST].ownedQueue(name, { defaults, dispose: () => broker.close() })
  } catch (error) {
    await broker.close()
    throw error
  }
}
