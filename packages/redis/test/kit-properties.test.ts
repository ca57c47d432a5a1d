import { randomUUID } from 'node:crypto'
import type { TaskQueue } from '@taskspace/core/backend'
import { MemoryTaskQueue } from '@taskspace/memory'
import { compareTaskQueues, describeTaskQueueProperties } from '@taskspace/testing/kit'
import { inject } from 'vitest'
import { kitTarget } from './kit-target.ts'

const redis = kitTarget(inject('redisUrl'))

/** A sequence takes half a second; set PROPERTY_RUNS to look for longer. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 25)

describeTaskQueueProperties('redis', redis, { runs: RUNS })

compareTaskQueues({ name: 'memory', create: openMemory }, { name: 'redis', ...redis }, { runs: RUNS })

async function openMemory(): Promise<TaskQueue> {
  const queue = new MemoryTaskQueue({ url: `memory:${randomUUID()}` })
  await queue.open()
  return queue
}
