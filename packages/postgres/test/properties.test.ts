import { compareTaskQueues, describeTaskQueueProperties } from '@taskspace/testing/kit'
import { memoryTarget } from './memory-target.ts'
import { postgresTarget } from './postgres-target.ts'

/**
 * Each step is a few round trips to a server that other tests use too: the same few sequences each time.
 * `PROPERTY_SEED=random PROPERTY_RUNS=200 vitest run test/properties.test.ts` looks further.
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 12)
const SEED = process.env.PROPERTY_SEED === 'random' ? undefined : Number(process.env.PROPERTY_SEED ?? 20)
const options = SEED === undefined ? { runs: RUNS } : { runs: RUNS, seed: SEED }

compareTaskQueues(memoryTarget, { name: 'postgres', ...postgresTarget() }, options)

describeTaskQueueProperties('postgres', postgresTarget(), options)
