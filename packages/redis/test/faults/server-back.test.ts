import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { eventually } from '@taskspace/testing'
import { expect, inject, it, onTestFinished } from 'vitest'
import { RedisTaskQueue } from '../../src/redis-task-queue.ts'
import { proxied } from './proxied.ts'

const shared = inject('redisUrl')
const tasks = new TaskSpace('t', { echo: (number: number) => number })

/** So many that the pauses between them are as long as they get. */
const TRIES = 15

/**
 * Who waits for jobs tries to connect at least each half second, and to claim each second (see the tests of these pauses);
 * that nothing else has to come first is seen here.
 */
it('a worker claims again within 2 s after the server is back, however long it was away', async () => {
  const { proxy, url } = await proxied(Number(new URL(shared).port))
  const away = await closingServer()
  const namespace = randomUUID()
  const [producer, worker] = [open(shared, namespace), open(url, namespace)]
  const pool = new AsyncPool(worker, { concurrency: 1 })
  onTestFinished(() => pool.stop())
  await pool.start()
  const { t } = producer.queue<typeof tasks>()
  expect(await t.echo(1).result()).toBe(1)

  proxy.divert(away.port)
  proxy.reset()
  const waiting = t.echo(2)
  await eventually(() => expect(away.tries()).toBeGreaterThan(TRIES), { timeout: '40s' })
  proxy.divert(Number(new URL(shared).port))

  expect(await waiting.result()).toBe(2)
})

function open(url: string, namespace: string): Broker {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const broker = new Broker(new RedisTaskQueue({ url, namespace }), { logger: quiet })
  broker.expose(tasks)
  onTestFinished(() => broker.close())
  return broker
}

/** Closes what connects to it, and counts that. */
async function closingServer(): Promise<{ readonly port: number; readonly tries: () => number }> {
  let tries = 0
  const server = createServer((socket) => {
    tries += 1
    socket.on('error', () => undefined)
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, tries: () => tries }
}
