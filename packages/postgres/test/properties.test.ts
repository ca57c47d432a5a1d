import { randomUUID } from 'node:crypto'
import type { TaskQueue } from '@taskspace/core/backend'
import { MemoryTaskQueue } from '@taskspace/memory'
import { compareTaskQueues, describeTaskQueueProperties } from '@taskspace/testing/kit'
import { postgresTarget } from './postgres-target.ts'

/**
 * Each step is a few round trips to a server that other tests use too: the same few sequences each time.
 * `PROPERTY_SEED=random PROPERTY_RUNS=200 vitest run test/properties.test.ts` looks further.
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 12)
const SEED = process.env.PROPERTY_SEED === 'random' ? undefined : Number(process.env.PROPERTY_SEED ?? 20)
const options = SEED === undefined ? { runs: RUNS } : { runs: RUNS, seed: SEED }

compareTaskQueues({ name: 'memory', create: openMemory }, { name: 'postgres', ...postgresTarget() }, options)

describeTaskQueueProperties('postgres', postgresTarget(), options)

async function openMemory(): Promise<TaskQueue> {
  const queue = new MemoryTaskQueue({ url: `memory:${randomUUID()}` })
  await queue.open()
  return queue
}
