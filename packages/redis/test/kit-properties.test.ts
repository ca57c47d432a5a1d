import { compareTaskQueues, describeTaskQueueProperties } from '@taskspace/testing/kit'
import { inject } from 'vitest'
import { kitTarget, memory } from './kit-target.ts'

const redis = kitTarget(inject('redisUrl'))

/**
 * A sequence takes half a second: the same ones each time.
 * `PROPERTY_SEED=random PROPERTY_RUNS=200 vitest run test/kit-properties.test.ts` looks further.
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 25)
const SEED = process.env.PROPERTY_SEED === 'random' ? undefined : Number(process.env.PROPERTY_SEED ?? 20)
const options = SEED === undefined ? { runs: RUNS } : { runs: RUNS, seed: SEED }

describeTaskQueueProperties('redis', redis, options)

compareTaskQueues(memory, { name: 'redis', ...redis }, options)
