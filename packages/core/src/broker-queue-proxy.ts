import { BrokerCalls, type CallSource } from './broker-calls.ts'
import type { CallOptions } from './queue/call-options.ts'
import { createQueue } from './queue/create-queue.ts'
import { checkLabel } from './queue/option-values.ts'
import { parseQueueDefaults } from './queue/parse-call-options.ts'
import type { Queue } from './queue/queue.ts'

/** What a queue is made with besides its name. */
export interface ProxyOptions {
  readonly defaults: CallOptions | undefined
  /** What disposing of the queue does; absent: it cannot be disposed of. */
  readonly dispose?: () => Promise<void>
}

/**
 * A queue as applications see it, whose calls come from this source.
 *
 * @throws InvalidArgument for what is no name, and naming the option.
 */
export function queueOf<S>(source: CallSource, name: string, options: ProxyOptions): Queue<S> {
  checkLabel('queue', name)
  const { defaults, dispose } = options
  return createQueue<S>(new BrokerCalls(source, name), {
    ...(defaults !== undefined && { defaults: parseQueueDefaults(defaults) }),
    ...(dispose !== undefined && { dispose }),
  })
}
