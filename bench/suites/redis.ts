import { redisStore } from '../redis/store.ts'
import { bytes } from '../stores/workloads/bytes.ts'
import { requestReply, sequential } from '../stores/workloads/calls.ts'
import { drain } from '../stores/workloads/drain.ts'
import { enqueue } from '../stores/workloads/enqueue.ts'
import { due, fanIn, steady } from '../stores/workloads/graphs.ts'
import { million } from '../stores/workloads/million.ts'
import { suite } from '../suite.ts'

const all = redisStore.contenders.map(({ name }) => name)
const queues = all.filter((name) => name !== 'bare')
const waiting = ['taskspace', 'bullmq', 'bee-queue', 'bee-queue-tuned', 'bare']

/** The Redis backend beside queues on Redis: a producer, a worker process and a server. */
export const redis = suite(
  'redis',
  redisStore.contenders,
  [
    enqueue(redisStore, all),
    bytes(redisStore, all),
    ...[1, 10, 100].map((concurrency) => drain(redisStore, all, concurrency)),
    sequential(redisStore, waiting),
    requestReply(redisStore, waiting),
    fanIn(redisStore, ['taskspace', 'bullmq']),
    due(redisStore, queues),
    steady(redisStore, all),
    million(redisStore, ['taskspace']),
  ],
  [
    { figure: 'enqueue-100 operations', atMost: 3 },
    { figure: 'drain-100 operations', atMost: 5 },
    { figure: 'enqueue-100', peer: 'bullmq', times: 5 },
    { figure: 'enqueue-100', peer: 'bee-queue', times: 1.5 },
    { figure: 'enqueue-bulk', peer: 'bullmq', times: 5 },
    { figure: 'enqueue-bulk', peer: 'bee-queue', times: 1.5 },
    { figure: 'drain-100', peer: 'bullmq', times: 6 },
    { figure: 'drain-100', peer: 'bee-queue-tuned', times: 3 },
    { figure: 'sequential-p50', peer: 'bee-queue', atMostTimes: 0.9 },
    { figure: 'request-reply-100', peer: 'bullmq', times: 10 },
    { figure: 'request-reply-100', peer: 'bee-queue', times: 2.5 },
    { figure: 'fan-in-1000x10', peer: 'bullmq', times: 6 },
    { figure: 'bytes-per-queued-job', peer: 'bee-queue', atMostTimes: 0.8 },
    { figure: 'enqueue with a million', ours: 'taskspace', atLeast: 1 / 1.3 },
    { figure: 'drain with a million', ours: 'taskspace', atLeast: 1 / 1.3 },
  ],
)
