import type { Place } from '../stores/contender.ts'
import { bullmqOn } from '../stores/contenders/bullmq.ts'

/** Now and then it misses the end of a job that it waits for, and would wait for ever. */
const ASK_AGAIN_MS = 1_000

/** BullMQ as it comes: finished jobs are kept. */
export const bullmq = bullmqOn('bullmq', connectionTo, {}, ASK_AGAIN_MS)

/** BullMQ that removes what is finished. */
export const bullmqRemoving = bullmqOn('bullmq-removing', connectionTo, { removeOnComplete: true }, ASK_AGAIN_MS)

function connectionTo({ url }: Place) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port), maxRetriesPerRequest: null }
}
