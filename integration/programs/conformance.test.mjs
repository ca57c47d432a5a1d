// How the author of a backend joins the conformance kit.
import { randomUUID } from 'node:crypto'
import { createTaskQueue } from '@taskspace/memory'
import { describeTaskQueue } from '@taskspace/testing/kit'

describeTaskQueue('memory', {
  async create() {
    const queue = createTaskQueue('memory:', { namespace: randomUUID() })
    await queue.open()
    return queue
  },
})
