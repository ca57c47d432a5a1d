import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Broker, TaskSpace } from '@taskspace/core'
import { eventually } from '@taskspace/testing'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { RedisKeys } from '../../src/keys.ts'
import { RedisTaskQueue } from '../../src/redis-task-queue.ts'
import { ownServer } from '../faults/proxied.ts'

const tasks = new TaskSpace('t', { echo: (number: number) => number })

it.each([
  ['is lost without persistence', [], undefined],
  ['is kept by a file that is synced each second', ['--appendonly', 'yes', '--appendfsync', 'everysec'], 'enqueued'],
  ['is kept by a file that is always synced', ['--appendonly', 'yes', '--appendfsync', 'always'], 'enqueued'],
])('a job that was enqueued before the server was killed %s', async (_, settings, state) => {
  const folder = mkdtempSync(join(tmpdir(), 'taskspace-kept-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [args, namespace] = [[...settings, '--dir', folder], randomUUID()]
  const server = await ownServer({ args })
  const job = await open(server.url, namespace).queue<typeof tasks>().t.echo(1).enqueued()

  server.process.signal('SIGKILL')
  await server.process.ended
  const again = await ownServer({ args })

  expect(await open(again.url, namespace).deferred(job.id).status()).toBe(state)
})

it('a job that was enqueued after the last snapshot is lost where there are snapshots alone, one from before is kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'taskspace-kept-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [args, namespace] = [['--save', '3600', '1', '--dir', folder], randomUUID()]
  const server = await ownServer({ args })
  const { t } = open(server.url, namespace).queue<typeof tasks>()
  const before = await t.echo(1).enqueued()
  const admin = new Redis(server.port)
  await admin.save()
  admin.disconnect()
  const after = await t.echo(2).enqueued()

  server.process.signal('SIGKILL')
  await server.process.ended
  const again = open((await ownServer({ args })).url, namespace)

  expect(await again.deferred(before.id).status()).toBe('enqueued')
  expect(await again.deferred(after.id).status()).toBeUndefined()
})

it('what a replica had when it took over is kept', async () => {
  const master = await ownServer({ args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await ownServer()
  const admin = new Redis(replica.port)
  onTestFinished(() => admin.disconnect())
  await admin.replicaof('127.0.0.1', master.port)
  await eventually(async () => expect(await admin.info('replication')).toContain('master_link_status:up'))
  const namespace = randomUUID()
  const job = await open(master.url, namespace).queue<typeof tasks>().t.echo(1).enqueued()
  const { root } = new RedisKeys(namespace)
  await eventually(async () => expect(await admin.exists(root)).toBe(1))

  await master.stop()
  await admin.replicaof('NO', 'ONE')

  expect(await open(replica.url, namespace).deferred(job.id).status()).toBe('enqueued')
})

function open(url: string, namespace: string): Broker {
  const broker = new Broker(new RedisTaskQueue({ url, namespace }))
  onTestFinished(() => broker.close())
  return broker
}
