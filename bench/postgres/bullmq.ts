import { createPostgresBackend, setDefaultBackendFactory } from 'bullmq'
import type { Place } from '../stores/contender.ts'
import { bullmqOn } from '../stores/contenders/bullmq.ts'

/** BullMQ on its Postgres backend, finished jobs kept. */
export const bullmqPostgres = bullmqOn('bullmq', ({ url }: Place) => {
  setDefaultBackendFactory(createPostgresBackend as never)
  return { connectionString: url, migrate: true } as never
})
