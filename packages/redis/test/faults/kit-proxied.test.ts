import { compareTaskQueues, describeTaskQueue } from '@taskspace/testing/kit'
import { afterAll } from 'vitest'
import { startFaultProxy } from '../../../../tools/servers/fault-proxy.ts'
import { startRedis, valkeyBinary } from '../../../../tools/servers/redis.ts'
import { kitTarget, memory } from '../kit-target.ts'

const server = await startRedis({ binary: await valkeyBinary() })
const proxy = await startFaultProxy(server.port, { crumble: 7 })
afterAll(async () => {
  await proxy.close()
  await server.stop()
})

const target = kitTarget(`redis://127.0.0.1:${proxy.port}`)

describeTaskQueue('valkey through a proxy that crumbles what it passes on', target)

compareTaskQueues(memory, { name: 'valkey through the proxy', ...target }, { runs: 4, seed: 5 })
