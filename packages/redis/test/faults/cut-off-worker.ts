/** A program that runs one job, which never ends: it says so, and has to be killed. Its arguments: URL, namespace, lease. */
import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { RedisTaskQueue } from '../../src/redis-task-queue.ts'

const [, , url = '', namespace = '', lease = ''] = process.argv
const tasks = new TaskSpace('t', {
  work: () => {
    process.stdout.write('at work\n')
    return new Promise<string>(() => undefined)
  },
})

const broker = new Broker(new RedisTaskQueue({ url, namespace }))
broker.expose(tasks)
await new AsyncPool(broker, { lease: lease as '2s' }).start()
