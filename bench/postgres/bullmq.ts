import { createPostgresBackend, setDefaultBackendFactory } from 'bullmq'
import type { Place } from '../stores/contender.ts'
import { bullmqOn } from '../stores/contenders/bullmq.ts'

/**
 * 6.7.0 reads what has happened on from the highest number that it has read, and so never reads what was numbered before that
 * and committed after: where many jobs end at once, some waits would last for ever.
 */
const ASK_AGAIN_MS = 5_000

/** BullMQ on its Postgres backend, finished jobs kept. */
export const bullmqPostgres = bullmqOn(
  'bullmq',
  ({ url }: Place) => {
    setDefaultBackendFactory(createPostgresBackend as never)
    return { connectionString: url, migrate: true } as never
  },
  {},
  ASK_AGAIN_MS,
)
