import { randomUUID } from 'node:crypto'
import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { job } from '@taskspace/testing/kit'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { RedisTaskQueue } from '../src/redis-task-queue.ts'

const url = inject('redisUrl')
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const tasks = new TaskSpace('t', {
  echo: (value: number) => value,
  long: (length: number) => 'x'.repeat(length),
})

describe('a job', () => {
  it('whose message a stranger wrote fails as invalid input, and the worker goes on', async () => {
    const namespace = randomUUID()
    const broker = await working(namespace)
    const stranger = new RedisTaskQueue({ url, namespace })
    onTestFinished(() => stranger.close())
    await stranger.begin({ id: 'stranger' })

    const call = { session: 'stranger', epoch: 0, lane: 0, number: 1 }
    const input = new Uint8Array([0xff, 0x00, 0x7b])
    await stranger.enqueue(call, [job('odd', { task: 't.echo', input })])

    await expect(broker.deferred('odd').result()).rejects.toMatchObject({ code: 'TASK_FAILED', kind: 'invalid-input' })
    expect(await broker.queue<typeof tasks>().t.echo(1).result()).toBe(1)
  })

  it('whose result is larger than the limit fails as invalid output, and the worker goes on', async () => {
    const { t } = (await working(randomUUID())).queue<typeof tasks>()

    await expect(t.long(2_000).result()).rejects.toMatchObject({ code: 'TASK_FAILED', kind: 'invalid-output' })
    expect(await t.long(500).result()).toHaveLength(500)
  })

  it.each(['{a}{b}', '}{', '{}', '%007b', 'a:b', ' ', '\0', 'ü{😀}'])(
    'runs in a namespace of any name, apart from its neighbours [G24]: %j',
    async (name) => {
      const [mine, other] = [`${randomUUID()}${name}`, `${randomUUID()}${name}}`]
      const [broker, neighbour] = [await working(mine), await working(other)]
      const id = randomUUID()

      const result = broker.queue<typeof tasks>().t.echo.with({ id })(1).result()

      expect(await result).toBe(1)
      expect(await neighbour.deferred(id).status()).toBeUndefined()
    },
  )
})

/** A broker of a namespace with a pool that runs its jobs. */
async function working(namespace: string): Promise<Broker> {
  const broker = new Broker(new RedisTaskQueue({ url, namespace }), { maxPayloadBytes: 1_000, logger: quiet })
  onTestFinished(() => broker.close())
  broker.expose(tasks)
  const pool = new AsyncPool(broker, { concurrency: 1 })
  onTestFinished(() => pool.stop())
  await pool.start()
  return broker
}
