import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { AsyncPool, Broker, currentJob, TaskSpace } from '@taskspace/core'
import { eventually } from '@taskspace/testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { RedisTaskQueue } from '../../src/redis-task-queue.ts'
import { proxied } from './proxied.ts'

const url = inject('redisUrl')
const LEASE = '2s'
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

describe('a job', () => {
  it('is stopped by a worker that is cut off, and run by one that is not [PT-36]', async () => {
    const { proxy, url: fragile } = await proxied(Number(new URL(url).port))
    const namespace = randomUUID()
    const seen: unknown[] = []
    const cut = new TaskSpace('t', {
      work: async () => {
        const { signal } = currentJob()
        seen.push('at work')
        await once(signal, 'abort')
        seen.push(signal.reason)
        return 'cut off'
      },
    })
    const whole = new TaskSpace('t', { work: async () => 'in reach' })
    const fragileBroker = open(fragile, namespace)
    fragileBroker.expose(cut)
    await start(fragileBroker)
    const broker = open(url, namespace)
    const result = broker.queue<typeof whole>().t.work().result()
    await eventually(() => expect(seen).toEqual(['at work']))

    proxy.freeze()
    broker.expose(whole)
    await start(broker)

    expect(await result).toBe('in reach')
    await eventually(() => expect(seen).toEqual(['at work', expect.objectContaining({ code: 'LEASE_LOST' })]))
    proxy.thaw({ late: false })
  })

  it('is run by another worker when its own was killed [PT-37]', async () => {
    const namespace = randomUUID()
    const whole = new TaskSpace('t', { work: async () => `attempt ${currentJob().attempt}` })
    const broker = open(url, namespace)
    const result = broker.queue<typeof whole>().t.work().result()
    const program = fileURLToPath(new URL('cut-off-worker.ts', import.meta.url))
    const hooks = fileURLToPath(new URL('lua-text.ts', import.meta.url))
    const args = ['--conditions=@taskspace/source', '--import', hooks, program, url, namespace, LEASE]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FORCE_COLOR: '0' },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [said] = await once(child.stdout, 'data')
    expect(String(said)).toBe('at work\n')

    child.kill('SIGKILL')
    broker.expose(whole)
    await start(broker)

    expect(await result).toBe('attempt 2')
  })
})

function open(to: string, namespace: string): Broker {
  const broker = new Broker(new RedisTaskQueue({ url: to, namespace }), { logger: quiet })
  onTestFinished(() => broker.close())
  return broker
}

async function start(broker: Broker): Promise<void> {
  const pool = new AsyncPool(broker, { lease: LEASE, concurrency: 1 })
  onTestFinished(() => pool.stop())
  await pool.start()
}
