/** The Redis backend of Taskspace. @packageDocumentation */
export type { RedisConnectionOptions } from './connection/redis-options.ts'
export { createTaskQueue } from './create-task-queue.ts'
export { RedisTaskQueue, type RedisTaskQueueOptions } from './redis-task-queue.ts'
