import { Redis } from 'ioredis'
import type { Place, StoreContender, Worker } from '../stores/contender.ts'

/** Store jobs { id, input, … }, and let the worker know. */
const PUT = `
local ids = {}
for at = 1, #ARGV, 2 do ids[#ids + 1] = ARGV[at] end
redis.call('HSET', KEYS[1] .. ':jobs', unpack(ARGV))
redis.call('RPUSH', KEYS[1] .. ':line', unpack(ids))
redis.call('PUBLISH', KEYS[1] .. ':wake', '')
return #ids`

/** Keep results { how many jobs to take, id, result, … }, tell of them, and take the next jobs. */
const WORK = `
if #ARGV > 1 then
  local ids = {}
  for at = 2, #ARGV, 2 do ids[#ids + 1] = ARGV[at] end
  redis.call('HSET', KEYS[1] .. ':results', unpack(ARGV, 2))
  redis.call('HDEL', KEYS[1] .. ':jobs', unpack(ids))
  redis.call('PUBLISH', KEYS[1] .. ':done', cmsgpack.pack(ids))
end
local ids = redis.call('LPOP', KEYS[1] .. ':line', ARGV[1])
if not ids then return {} end
return { ids, redis.call('HMGET', KEYS[1] .. ':jobs', unpack(ids)) }`

/**
 * What any queue in scripts costs that stores its jobs, keeps their results and tells of them, all of one tick in one call:
 * no lease, no token, no state, no attempt, nothing checked. The limit of what the server and the client allow.
 */
export const bareRedis: StoreContender = {
  name: 'bare',
  async produce(place) {
    const [client, hearer] = [open(place), open(place)]
    const waiting = new Map<string, (result: number) => void>()
    await hearer.subscribe(`${place.queue}:done`)
    hearer.on('messageBuffer', (_, message: Buffer) => {
      for (const id of numbersIn(message)) {
        waiting.get(id)?.(Number(id))
        waiting.delete(id)
      }
    })
    const put = (args: readonly string[]) => client.eval(PUT, 1, place.queue, ...args)
    const enqueue = ofOneTick(put)
    return {
      enqueue: (number) => enqueue(`${number}`, `[${number}]`),
      enqueueBulk: (from, to) => put(Array.from({ length: to - from }, (_, at) => [`${from + at}`, '[1]']).flat()),
      call: (number) =>
        new Promise((resolve, reject) => {
          waiting.set(`${number}`, resolve)
          enqueue(`${number}`, `[${number}]`).catch(reject)
        }),
      async stop() {
        client.disconnect()
        hearer.disconnect()
      },
    }
  },
  async work(place, concurrency, onRun) {
    if (concurrency === 0) return { stop: () => Promise.resolve() }
    return new BareWorker(place, concurrency, onRun).start()
  },
}

class BareWorker implements Worker {
  readonly #client: Redis
  readonly #hearer: Redis
  readonly #place: Place
  readonly #concurrency: number
  readonly #onRun: (number: number) => void
  #hints = 0
  #wake: () => void = () => undefined
  #isStopped = false

  constructor(place: Place, concurrency: number, onRun: (number: number) => void) {
    this.#client = open(place)
    this.#hearer = open(place)
    this.#place = place
    this.#concurrency = concurrency
    this.#onRun = onRun
  }

  async start(): Promise<this> {
    await this.#hearer.subscribe(`${this.#place.queue}:wake`)
    this.#hearer.on('message', () => this.#hint())
    void this.#loop()
    return this
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#hint()
    this.#hearer.disconnect()
  }

  #hint(): void {
    this.#hints += 1
    this.#wake()
  }

  async #loop(): Promise<void> {
    let results: readonly string[] = []
    while (!this.#isStopped || results.length > 0) {
      const seen = this.#hints
      const slots = this.#isStopped ? 0 : this.#concurrency
      const reply = await this.#client.eval(WORK, 1, this.#place.queue, slots, ...results)
      const [ids = []] = reply as [string[]?, string[]?]
      for (const id of ids) this.#onRun(Number(id))
      results = ids.flatMap((id) => [id, id])
      if (ids.length === 0) await this.#hintAfter(seen)
    }
    this.#client.disconnect()
  }

  #hintAfter(seen: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      if (this.#hints > seen || this.#isStopped) resolve()
    })
  }
}

/** Gathers the jobs of one tick for one call. */
function ofOneTick(put: (args: readonly string[]) => Promise<unknown>): (...job: string[]) => Promise<unknown> {
  let args: string[] = []
  let sent: Promise<unknown> | undefined
  return (...job) => {
    args.push(...job)
    sent ??= Promise.resolve().then(() => {
      const all = args
      args = []
      sent = undefined
      return put(all)
    })
    return sent
  }
}

/** The texts of a MessagePack array of texts below 32 bytes. */
function numbersIn(packed: Buffer): string[] {
  const found: string[] = []
  let at = headSize(packed[0])
  while (at < packed.length) {
    const size = (packed[at] ?? 0) & 0x1f
    found.push(packed.toString('latin1', at + 1, at + 1 + size))
    at += size + 1
  }
  return found
}

/** How many bytes say how long an array is. */
function headSize(first: number | undefined): number {
  if (first === 0xdc) return 3
  return first === 0xdd ? 5 : 1
}

function open({ url }: Place): Redis {
  return new Redis(url)
}
