import { postgresStore } from '../postgres/store.ts'
import { redisStore } from '../redis/store.ts'
import type { Store } from './store.ts'

/** Every store that is measured. */
export const stores: readonly Store[] = [redisStore, postgresStore]
