import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import type {} from '../../tools/servers/redis-setup.ts'

/** A backend that every example runs on. */
export interface Backend {
  readonly name: string
  /** URL of a store, or a namespace of one, that nobody else uses. */
  freshUrl(): string
}

/** The backends there are. */
export const BACKENDS: readonly Backend[] = [
  { name: 'memory', freshUrl: () => `memory:examples-${randomUUID()}` },
  { name: 'Redis', freshUrl: () => `${inject('redisUrl')}?namespace=examples-${randomUUID()}` },
]
