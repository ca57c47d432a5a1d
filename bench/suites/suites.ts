import type { Suite } from '../suite.ts'
import { memory } from './memory.ts'
import { pools } from './pools.ts'
import { postgres } from './postgres.ts'
import { redis } from './redis.ts'

/** Everything that can be measured; the first unless another is asked for. */
export const suites: readonly Suite[] = [memory, pools, postgres, redis]
