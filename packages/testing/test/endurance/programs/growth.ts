// Does things by the ten thousand that are to leave nothing behind. Prints how many bytes of heap one of each leaves, a JSON line each.
import { AsyncPool, currentJob, getBroker, type JobRef, TaskSpace } from '@taskspace/core'

const MANY = 100_000
const FEWER = 20_000
const AT_ONCE = 1_000

const work = new TaskSpace('work', {
  nothing: () => undefined,
  log: () => currentJob().log.info('line'),
})

const broker = await getBroker('memory:')
broker.expose(work)
const q = broker.queue<typeof work>()
const pool = new AsyncPool(broker, { concurrency: 100 })
const waiting = broker.queue<typeof work>('nobody').work.nothing()
await waiting.enqueued()

function heap(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

async function followed(job: JobRef): Promise<void> {
  await job.enqueued()
  for await (const news of broker.deferred(job.id).follow())
    if (news.kind !== 'log') throw new Error(`what is ${news.kind}?`)
}

async function leavesBehind(what: string, count: number, batch: () => Promise<unknown>): Promise<void> {
  for (let warm = 0; warm < 5; warm += 1) await batch()
  const before = heap()
  for (let done = 0; done < count; done += AT_ONCE) await batch()
  console.log(JSON.stringify([what, (heap() - before) / count]))
}

const each = (make: (index: number) => unknown) =>
  Promise.allSettled(Array.from({ length: AT_ONCE }, (_, index) => make(index)))

await leavesBehind('waits that are aborted', MANY, () => {
  const controller = new AbortController()
  const waits = each(() => waiting.result({ signal: controller.signal }))
  controller.abort()
  return waits
})
const { signal } = new AbortController()
await leavesBehind('waits that run out of time', FEWER, () => each(() => waiting.wait('1ms', { signal })))
await leavesBehind('deferreds of unknown jobs', FEWER, () =>
  each((index) => broker.deferred(`nobody ${index}`).status()),
)
await leavesBehind('jobs that were canceled and removed', FEWER, async () => {
  const jobs = Array.from({ length: AT_ONCE }, () => broker.queue<typeof work>('nobody').work.nothing())
  await Promise.all(jobs.map((job) => job.cancel()))
  await each((index) => broker.jobs.remove(jobs[index]?.id ?? ''))
})
await pool.start()
const ignored = q.with({ ignoreResult: true })
await leavesBehind('jobs whose results are ignored', MANY, () => each(() => ignored.work.nothing().wait()))
await leavesBehind('jobs that log and are ignored', FEWER, () => each(() => ignored.work.log().wait()))
await leavesBehind('jobs that are followed', FEWER, () => each(() => followed(ignored.work.log())))
await broker.close()
