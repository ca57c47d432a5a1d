import { bullmq } from '../postgres/bullmq.ts'
import { graphileWorker, graphileWorkerTuned } from '../postgres/graphile-worker.ts'
import { pgBoss } from '../postgres/pg-boss.ts'
import { taskspace } from '../postgres/taskspace.ts'
import { bulkAndDrain, enqueueSingle, pinned } from '../postgres/workloads.ts'
import { suite } from '../suite.ts'

/** The Postgres backend, beside queues that keep their jobs in Postgres too. */
export const postgres = suite(
  'postgres',
  [taskspace, graphileWorker, graphileWorkerTuned, pgBoss, bullmq],
  [enqueueSingle, bulkAndDrain, pinned],
  [
    { figure: 'drain', peer: 'bullmq', times: 10 },
    { figure: 'drain', peer: 'pg-boss', times: 3 },
    { figure: 'drain', peer: 'graphile-worker-tuned', times: 1 },
    { figure: 'enqueue-100', peer: 'graphile-worker', times: 15 },
    { figure: 'enqueue-100', peer: 'pg-boss', times: 15 },
    { figure: 'enqueue-100', peer: 'bullmq', times: 15 },
    { figure: 'bulk', peer: 'graphile-worker', times: 1.2 },
    { figure: 'drain-transactions-per-job', atMost: 0.05 },
    { figure: 'drain-wal-per-job', atMost: 1000 },
    { figure: 'pinned-slowdown', atMost: 2 },
  ],
)
