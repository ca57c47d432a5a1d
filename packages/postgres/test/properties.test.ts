import { randomUUID } from 'node:crypto'
import { MemoryTaskQueue } from '@taskspace/memory'
import { compareTaskQueues, describeTaskQueueProperties } from '@taskspace/testing/kit'
import { postgresTarget } from './postgres-target.ts'

const memory = {
  name: 'memory',
  create: async () => {
    const queue = new MemoryTaskQueue({ namespace: randomUUID() })
    await queue.open()
    return queue
  },
}

/** Each step is a few round trips to a server that other tests use too: fewer sequences than in memory alone. */
const RUNS = 12

compareTaskQueues(memory, { name: 'postgres', ...postgresTarget() }, { runs: RUNS })

describeTaskQueueProperties('postgres', postgresTarget(), { runs: RUNS })
