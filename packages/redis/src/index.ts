/** The Redis backend of Taskspace. @packageDocumentation */
export type { RedisConnectionOptions } from './connection/redis-options.ts'
