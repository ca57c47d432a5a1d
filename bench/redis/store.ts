import { Redis } from 'ioredis'
import { startRedis } from '../../tools/servers/redis.ts'
import type { BenchServer } from '../stores/contender.ts'
import type { Store } from '../stores/store.ts'
import { bareRedis } from './bare.ts'
import { beeQueue, beeQueueTuned } from './bee-queue.ts'
import { bullmq, bullmqRemoving } from './bullmq.ts'
import { taskspaceRedis } from './taskspace.ts'

/** A Redis server of its own for each run, without persistence. */
export const redisStore: Store = {
  name: 'redis',
  start,
  contenders: [taskspaceRedis, bullmq, bullmqRemoving, beeQueue, beeQueueTuned, bareRedis],
}

async function start(): Promise<BenchServer> {
  const server = await startRedis()
  const client = new Redis(server.port)
  return {
    url: server.url,
    cpuUs: async () =>
      (number(await client.info('cpu'), 'used_cpu_user') + number(await client.info('cpu'), 'used_cpu_sys')) * 1e6,
    operations: async () => {
      const info = await client.info('commandstats')
      return [...info.matchAll(/^cmdstat_(?!info|config).*?:calls=(\d+)/gm)].reduce(
        (sum, [, calls]) => sum + Number(calls),
        0,
      )
    },
    bytes: async () => number(await client.info('memory'), 'used_memory'),
    stop: async () => {
      client.disconnect()
      await server.stop()
    },
  }
}

function number(info: string, field: string): number {
  return Number(new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1])
}
