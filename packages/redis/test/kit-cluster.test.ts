import { compareTaskQueues, describeTaskQueue } from '@taskspace/testing/kit'
import { Redis } from 'ioredis'
import { afterAll } from 'vitest'
import { startRedisCluster } from '../../../tools/servers/redis-cluster.ts'
import { aclLine } from './guide/acl-line.ts'
import { kitTarget, memory } from './kit-target.ts'

// As the user of the guide, who may do no more than is needed.
const { user, password, words } = aclLine()
const cluster = await startRedisCluster()
afterAll(() => cluster.stop())
for (const { port } of cluster.nodes) {
  const admin = new Redis(port)
  await admin.call('ACL', ...words)
  await admin.call('ACL', 'SETUSER', 'default', 'off')
  admin.disconnect()
}

const target = kitTarget(cluster.url.replace('//', `//${user}:${password}@`))

describeTaskQueue('redis cluster', target)

compareTaskQueues(memory, { name: 'redis cluster', ...target }, { runs: 4, seed: 4 })
