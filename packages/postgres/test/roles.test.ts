import { AsyncPool, Broker, TaskSpace } from '@taskspace/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { migrate } from '../src/migrate/migrate.ts'
import { PostgresTaskQueue } from '../src/postgres-task-queue.ts'
import { rolesSql } from '../src/roles/roles-sql.ts'
import { asOwner, scratchDatabase } from './scratch-store.ts'

const math = new TaskSpace('math', { add: (a: number, b: number) => a + b })

describe('roles', () => {
  it('work, enqueue and read, and may do no more than that', async () => {
    const { url, name } = await scratchDatabase()
    const roles = { worker: `${name}_w`, enqueue: `${name}_e`, read: `${name}_r` }
    const names = Object.values(roles)
    await migrate({ url })
    await asOwner(url, names.map((role) => `CREATE ROLE ${role} LOGIN;`).join('') + rolesSql(roles))
    onTestFinished(() => asOwner(url, names.map((role) => `DROP OWNED BY ${role}; DROP ROLE ${role};`).join('')).then())
    const brokerAs = (role: string) => {
      const broker = new Broker(new PostgresTaskQueue({ url: url.replace('postgres@', `${role}@`) }))
      onTestFinished(() => broker.close())
      return broker
    }
    const [worker, producer, reader] = names.map(brokerAs) as [Broker, Broker, Broker]

    worker.expose(math)
    const pool = new AsyncPool(worker)
    await pool.start()
    const sum = producer.queue<typeof math>().math.add(1, 2)

    await expect(sum.result({ timeout: '30s' })).resolves.toBe(3)
    await expect(reader.deferred(sum.id).status()).resolves.toBe('success')
    await expect(reader.queue<typeof math>().math.add(1, 2).enqueued()).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('permission denied for function enqueue_v1'),
    })
    await expect(producer.deferred(sum.id).cancel('no')).rejects.toMatchObject({ code: 'BACKEND_REFUSED' })
    await expect(asOwner(url.replace('postgres@', `${roles.worker}@`), 'SELECT * FROM taskspace.job')).rejects.toThrow(
      'permission denied for table job',
    )
    await pool.stop()
  })

  it.each([{ worker: '' }, { read: 'a\0b' }, { schema: 'pg_x' }])(
    'with names that cannot be are refused: %j',
    (options) => {
      expect(() => rolesSql(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    },
  )
})
