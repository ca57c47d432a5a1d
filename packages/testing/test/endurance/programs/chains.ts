// Long chains of jobs on the memory backend. Prints what each comes to, as JSON, a line each.
import { AsyncPool, currentJob, type Deferred, getBroker, TaskSpace } from '@taskspace/core'

const MANY = 100_000
const DEEP = 30_000

const work = new TaskSpace('work', {
  first: (value: number) => value,
  fail: (): number => {
    throw new Error('the first one broke')
  },
  next: (value: number) => value + 1,
  countDown: (left: number): number | Deferred<number> => {
    return left === 0
      ? 0
      : currentJob()
          .queue<typeof work>()
          .work.countDown(left - 1)
  },
})

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const broker = await getBroker('memory:', { logger: silent })
broker.expose(work)
const q = broker.queue<typeof work>()
await new AsyncPool(broker, { concurrency: 100 }).start()

function chain(first: Deferred<number>, length: number): Deferred<number> {
  let last = first
  for (let link = 0; link < length; link += 1) last = q.work.next(last)
  return last
}

function fan(first: Deferred<number>): Promise<number[]> {
  return Promise.all(Array.from({ length: MANY }, () => q.work.next(first).result()))
}

function tell(what: string, outcome: unknown): void {
  console.log(JSON.stringify([what, outcome]))
}

tell('chain', await chain(q.work.first(0), DEEP).result())
const failed = chain(q.work.fail(), MANY).result()
tell('failing chain', await failed.catch((error) => [error.code, error.text, error.name]))
tell('tail calls', await q.work.countDown(DEEP).result())
tell('fan', new Set(await fan(q.work.first(1))).size)
const { success, failed: failures, processing } = await broker.queues.get('default').counts()
tell('counts', { success, failures, processing })
await broker.close()
