import { randomUUID } from 'node:crypto'
import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { eventually } from '@taskspace/testing'
import { jobs, KitSession } from '@taskspace/testing/kit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../../tools/servers/redis-cluster.ts'
import { RedisKeys } from '../../src/keys.ts'
import { RedisTaskQueue } from '../../src/redis-task-queue.ts'
import { MovingSlot } from '../moving-slot.ts'

const tasks = new TaskSpace('t', { echo: (number: number) => number })

/** So many that their line does not fit in the record of their queue. */
const MANY = 200

describe('jobs of a namespace whose slot moves to another master', () => {
  let cluster: RedisCluster

  beforeAll(async () => {
    cluster = await startRedisCluster()
  })
  afterAll(() => cluster.stop())

  it.each(['root first', 'root last'] as const)(
    'are enqueued, run and waited for meanwhile, each once [PT-35] (%s)',
    async (order) => {
      const { open, slot } = await namespace(cluster)
      const ran: number[] = []
      const counted = new TaskSpace('t', {
        echo: (number: number) => {
          ran.push(number)
          return number
        },
      })
      const [producing, working] = [open(), open(counted)]
      const { t } = producing.queue<typeof tasks>()
      const results = Array.from({ length: MANY }, (_, number) => t.echo(number).result())
      await eventually(async () =>
        expect(await producing.queues.get('default').counts()).toMatchObject({ enqueued: MANY }),
      )
      const more = (from: number) => {
        for (let number = from; number < from + 20; number += 1) results.push(t.echo(number).result())
      }

      const pool = new AsyncPool(working, { concurrency: 3 })
      onTestFinished(() => pool.stop())
      await pool.start()
      await Promise.race(results)
      await slot.begin()
      more(MANY)
      for (const key of await slot.keys(order)) {
        await slot.moveKey(key)
        more(results.length)
      }
      await slot.end()
      more(results.length)

      const numbers = results.map((_, number) => number)
      expect(await Promise.all(results)).toEqual(numbers)
      await pool.stop()
      expect(ran.sort((one, other) => one - other)).toEqual(numbers)
      const counts = await eventually(() => producing.queues.get('default').counts())
      expect(counts).toMatchObject({ success: results.length, enqueued: 0, processing: 0 })
    },
  )

  it('are not looked for where their root key is already and they are not yet', async () => {
    const { queue, slot } = await namespace(cluster)
    const session = await new KitSession(await queue()).begin()
    await session.put(...jobs('a', MANY))
    await slot.begin()
    const [root = '', ...others] = await slot.keys('root first')
    await slot.moveKey(root)

    const meanwhile = session.take(MANY)

    await expect(meanwhile).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    for (const key of others) await slot.moveKey(key)
    await slot.end()
    expect(await eventually(() => session.take(MANY))).toHaveLength(MANY)
  })
})

async function namespace(cluster: RedisCluster) {
  const name = randomUUID()
  const slot = await MovingSlot.of(cluster, new RedisKeys(name).root)
  const open = (exposed = tasks): Broker => {
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
    const broker = new Broker(new RedisTaskQueue({ url: cluster.url, namespace: name }), { logger: quiet })
    broker.expose(exposed)
    onTestFinished(() => broker.close())
    return broker
  }
  const queue = async (): Promise<RedisTaskQueue> => {
    const opened = new RedisTaskQueue({ url: cluster.url, namespace: name })
    onTestFinished(() => opened.close())
    await opened.open()
    return opened
  }
  return { open, queue, slot }
}
