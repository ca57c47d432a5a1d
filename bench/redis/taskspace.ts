import { Broker } from '@taskspace/core'
import { RedisTaskQueue } from '@taskspace/redis'
import { taskspaceOn } from '../stores/contenders/taskspace.ts'

/** Taskspace on Redis. */
export const taskspaceRedis = taskspaceOn(({ url, queue }) => new Broker(new RedisTaskQueue({ url, namespace: queue })))
