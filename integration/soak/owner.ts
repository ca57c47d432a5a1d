import { getBroker } from '@taskspace/core'
import { ownedPool, type PoolName } from './owned-pool.ts'

/** Owns a pool until SIGTERM: `node owner.ts async|thread|process URL`. */
const [kind, url = ''] = process.argv.slice(2)
const quiet = (): void => undefined
const logger = { debug: quiet, info: quiet, warn: quiet, error: console.error }
const broker = await getBroker(url, { logger })
const pool = ownedPool(kind as PoolName, broker)
process.once('SIGTERM', () => void pool.stop())
await pool.start()
console.log('ready')
await pool.join()
await broker.close()
