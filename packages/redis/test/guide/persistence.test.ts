import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Broker, TaskSpace } from '@taskspace/core'
import { expect, it, onTestFinished } from 'vitest'
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

function open(url: string, namespace: string): Broker {
  const broker = new Broker(new RedisTaskQueue({ url, namespace }))
  onTestFinished(() => broker.close())
  return broker
}
