import { pooledStore } from '../postgres/pooled-store.ts'
import { postgresStore } from '../postgres/store.ts'
import { bytes } from '../stores/workloads/bytes.ts'
import { requestReply, sequential } from '../stores/workloads/calls.ts'
import { drain } from '../stores/workloads/drain.ts'
import { enqueue } from '../stores/workloads/enqueue.ts'
import { due, fanIn, steady } from '../stores/workloads/graphs.ts'
import { million } from '../stores/workloads/million.ts'
import { pickup } from '../stores/workloads/pickup.ts'
import { pinned } from '../stores/workloads/pinned.ts'
import { suite } from '../suite.ts'

const all = postgresStore.contenders.map(({ name }) => name)

/** The Postgres backend beside queues on Postgres: a producer, a worker process and a server. */
export const postgres = suite(
  'postgres',
  postgresStore.contenders,
  [
    enqueue(postgresStore, ['taskspace', 'graphile-worker', 'pg-boss', 'bullmq']),
    bytes(postgresStore, ['taskspace', 'graphile-worker', 'pg-boss', 'bullmq']),
    ...[1, 10, 100].map((concurrency) => drain(postgresStore, all, concurrency)),
    sequential(postgresStore, ['taskspace', 'graphile-worker', 'graphile-worker-tuned', 'bullmq']),
    requestReply(postgresStore, ['taskspace', 'bullmq']),
    fanIn(postgresStore, ['taskspace', 'pg-boss', 'bullmq']),
    due(postgresStore, all),
    steady(postgresStore, all),
    pickup(pooledStore, ['taskspace']),
    pinned(postgresStore, ['taskspace', 'graphile-worker-tuned', 'pg-boss']),
    million(postgresStore, ['taskspace']),
  ],
  [
    ...['graphile-worker', 'pg-boss', 'bullmq'].map((peer) => ({ figure: 'enqueue-100', peer, times: 15 })),
    { figure: 'enqueue-bulk', peer: 'graphile-worker', times: 1.2 },
    { figure: 'drain-100', peer: 'bullmq', times: 10 },
    { figure: 'drain-100', peer: 'pg-boss', times: 3 },
    { figure: 'drain-100', peer: 'graphile-worker-tuned', times: 1 },
    { figure: 'drain-100 operations', atMost: 0.05 },
    { figure: 'drain-100 wal', atMost: 1_000 },
    { figure: 'sequential-p50', peer: 'graphile-worker', atMostTimes: 0.8 },
    { figure: 'request-reply-100', peer: 'bullmq', times: 20 },
    { figure: 'fan-in-1000x10', peer: 'bullmq', times: 8 },
    { figure: 'fan-in-1000x10', peer: 'pg-boss', times: 2 },
    { figure: 'pickup-p95', atMost: 100 },
    { figure: 'pinned-slowdown', atMost: 2 },
    { figure: 'enqueue with a million', ours: 'taskspace', atLeast: 1 / 1.3 },
    { figure: 'drain with a million', ours: 'taskspace', atLeast: 1 / 1.3 },
  ],
)
