import { randomUUID } from 'node:crypto'
import { MemoryTaskQueue } from '@taskspace/memory'
import type { NamedTarget } from '@taskspace/testing/kit'

/** The reference that Postgres is compared with. */
export const memoryTarget: NamedTarget = {
  name: 'memory',
  create: async () => {
    const queue = new MemoryTaskQueue({ url: `memory:${randomUUID()}` })
    await queue.open()
    return queue
  },
}
