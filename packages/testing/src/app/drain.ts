import { setImmediate, setTimeout } from 'node:timers'
import type { Broker, Duration, QueueCounts } from '@taskspace/core'
import { HOST } from '@taskspace/core/pool'
import { milliseconds } from './milliseconds.ts'
import type { RanJob } from './ran-job.ts'
import { RecordingPool } from './recording-pool.ts'
import { settle } from './virtual-clock.ts'

/** Options of `drain`. */
export interface DrainOptions {
  /** Names of the queues to drain; default all. */
  readonly queues?: readonly string[] | undefined
  /** How many jobs of a queue run at once; default 10. */
  readonly concurrency?: number | undefined
  /** How long it may take, by the machine's clock; default 10 s. */
  readonly timeout?: Duration | undefined
}

const TIMEOUT = '10s'

/**
 * Run jobs in this process until none is left that can run now, those included that are enqueued meanwhile; resolves with
 * what ran, in the order in which it ended. Jobs that are not due, or wait for others that cannot run, stay where they are.
 *
 * It sees what is stored: with a backend outside this process, await `enqueued()` of your calls first.
 *
 * @throws Error naming the queues that are not drained when the time is up; their jobs are given back.
 */
export async function drain(broker: Broker, options: DrainOptions = {}): Promise<readonly RanJob[]> {
  const ran: RanJob[] = []
  const pools = new Map<string, RecordingPool>()
  const { concurrency = 10 } = options
  const until = performance.now() + milliseconds(options.timeout ?? TIMEOUT)
  await broker[HOST].opened()
  await settle()
  try {
    for (let looks = 1; ; looks += 1) {
      const queues = await runnable(broker, options.queues)
      if (queues.length === 0) return ran
      if (performance.now() >= until) throw new Error(`not drained in time: ${queues.join(', ')}`)
      await serve(
        queues,
        pools,
        (queue) => new RecordingPool(broker, { queues: [queue], concurrency, grace: 0 }, (job) => ran.push(job)),
      )
      await pauseAfter(looks)
    }
  } finally {
    await Promise.all([...pools.values()].map((pool) => pool.stop({ drainTimeout: 0 })))
  }
}

/** Names of the queues that have jobs which can run, or do. */
async function runnable(broker: Broker, wanted: readonly string[] | undefined): Promise<readonly string[]> {
  const counts = await broker[HOST].queue.counts()
  const busy = [...counts].filter(([, { enqueued, processing }]: [string, QueueCounts]) => enqueued + processing > 0)
  const names = busy.map(([name]) => name)
  return wanted === undefined ? names : names.filter((name) => wanted.includes(name))
}

async function serve(
  queues: readonly string[],
  pools: Map<string, RecordingPool>,
  create: (queue: string) => RecordingPool,
): Promise<void> {
  for (const queue of queues) {
    if (pools.has(queue)) continue
    const pool = create(queue)
    pools.set(queue, pool)
    await pool.start()
  }
}

function pauseAfter(looks: number): Promise<void> {
  return new Promise((resolve) => {
    if (looks < 50) setImmediate(resolve)
    else setTimeout(resolve, 2)
  })
}
