import type { Place } from '../stores/contender.ts'
import { bullmqOn } from '../stores/contenders/bullmq.ts'

/** BullMQ as it comes: finished jobs are kept. */
export const bullmq = bullmqOn('bullmq', connectionTo)

/** BullMQ that removes what is finished. */
export const bullmqRemoving = bullmqOn('bullmq-removing', connectionTo, { removeOnComplete: true })

function connectionTo({ url }: Place) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port), maxRetriesPerRequest: null }
}
