import { onTestFinished } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../../../../tools/servers/fault-proxy.ts'
import { type RedisServer, type RedisServerOptions, startRedis } from '../../../../tools/servers/redis.ts'

/** A server of a test's own; stopped when the test is over. */
export async function ownServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

/** A proxy before a server, and the URL through it. */
export async function proxied(port: number): Promise<{ readonly proxy: FaultProxy; readonly url: string }> {
  const proxy = await startFaultProxy(port)
  onTestFinished(() => proxy.close())
  return { proxy, url: `redis://127.0.0.1:${proxy.port}` }
}
