import { AsyncPool, getBroker, type PoolOptions } from '@taskspace/core'
import { ProcessPool } from '@taskspace/process-pool'
import { ThreadPool } from '@taskspace/thread-pool'
import { soak } from './soak-tasks.ts'

/** Owns a pool until SIGTERM: `node owner.ts async|thread|process URL`. Its lease is short, so that its end is noticed soon. */
const [kind, url = ''] = process.argv.slice(2)
const quiet = (): void => undefined
const logger = { debug: quiet, info: quiet, warn: quiet, error: console.error }
const broker = await getBroker(url, { logger })
broker.expose(soak)
const options: PoolOptions = { lease: '2s', grace: '100ms', drainTimeout: '5s' }
const isolated = { ...options, workers: 2, module: new URL('./soak-tasks.ts', import.meta.url) }
const pools = {
  async: () => new AsyncPool(broker, { ...options, concurrency: 8 }),
  thread: () => new ThreadPool(broker, isolated),
  process: () => new ProcessPool(broker, isolated),
}
const pool = pools[kind as keyof typeof pools]()
process.once('SIGTERM', () => void pool.stop())
await pool.start()
console.log('ready')
await pool.join()
await broker.close()
