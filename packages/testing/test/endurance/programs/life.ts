// A program in whose life everything goes wrong once, and which ends by itself.
import { AsyncPool, currentJob, getBroker, getQueue, TaskSpace } from '@taskspace/core'

const work = new TaskSpace('work', {
  add: (a: number, b: number) => a + b,
  fail: (): number => {
    throw new Error('broken')
  },
  hold: () =>
    new Promise<never>((_, reject) =>
      currentJob().signal.addEventListener('abort', () => reject(new Error('told to stop'))),
    ),
  callBadly: () => {
    currentJob().log.info('calls twice')
    for (const n of [1, 2]) currentJob().queue<typeof work>().work.add.with({ id: 'taken' })(n, n)
  },
})

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const broker = await getBroker('memory:', { logger: silent })
broker.expose(work)
const q = broker.queue<typeof work>()
const pool = new AsyncPool(broker, { drainTimeout: 0 })
await pool.start()

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error) => error.code ?? error.name,
  )
const held = q.work.hold()
await held.enqueued()
const canceled = q.work.hold()
await canceled.enqueued()
const [aborted, late] = [new AbortController(), q.work.hold()]
const waits = [
  q.work.add(1, 2).result(),
  q.work.add(q.work.fail(), 1).result(),
  q.work.callBadly().result(),
  canceled.result(),
  held.result({ timeout: '5ms' }),
  held.result({ signal: aborted.signal }),
  late.result(),
].map(outcome)
await canceled.cancel('enough')
aborted.abort(new TypeError('mine'))
// Nobody looks at these: what becomes of them is theirs.
q.work.fail()
q.work.hold()
void held.result({ timeout: '1h' }).catch(() => undefined)
const following = outcome(
  (async () => {
    for await (const news of held.follow()) console.log(news)
  })(),
)
await Promise.all(waits.slice(0, 6))

const other = await getQueue<typeof work>('memory:')
const last = other.work.add(2, 3)
await other[Symbol.asyncDispose]()
await broker.close()
console.log(
  JSON.stringify([...(await Promise.all(waits)), await following, last.hasValue() ? last.value : 'not there']),
)
