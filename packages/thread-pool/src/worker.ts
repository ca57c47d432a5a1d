import type { MessagePort } from 'node:worker_threads'
import { serveWorker } from '@taskspace/core/pool'
import { ThreadChannel } from './thread-channel.ts'

/** What a thread is started with. */
export interface ThreadStart {
  /** What jobs come and results go over. */
  readonly port: MessagePort
  /** The number of the job that began last; memory that the host reads. */
  readonly begun: Int32Array
}

/** The one task that piscina runs in a thread: work jobs off until told to leave. */
export function work({ port, begun }: ThreadStart): Promise<void> {
  return new Promise((resolve) => {
    serveWorker(new ThreadChannel(port, begun, resolve))
  })
}
