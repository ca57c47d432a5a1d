import { Redis } from 'ioredis'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { RedisClient } from '../../src/connection/redis-client.ts'
import { Wire } from '../../src/connection/wire.ts'

it('sends nothing over a socket that was lost, though the client has not heard of it yet', async () => {
  const client = new Redis(inject('redisUrl'), { retryStrategy: () => null })
  onTestFinished(() => client.disconnect())
  await client.ping()
  const wire = new Wire(client as unknown as RedisClient, {
    server: 'here',
    isServerAlive: async () => true,
    onEnd: () => undefined,
  })
  expect(wire.isUsable).toBe(true)

  client.stream.destroy()

  expect([wire.isUsable, client.status]).toEqual([false, 'ready'])
  const sent = wire.send((to) => to.callBuffer('ping', []), 1000)
  await expect(sent).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
})
