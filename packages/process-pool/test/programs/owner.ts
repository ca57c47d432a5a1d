import { Broker } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'
import { ProcessPool } from '@taskspace/process-pool'
import type { tasks } from '../modules/tasks.ts'

/** Owns a pool whose children all spin; the files that they write their numbers to are its arguments. */
const broker = new Broker(createTaskQueue('memory:owner', { namespace: 'owner' }))
const files = process.argv.slice(2)
const module = new URL('../modules/tasks.ts', import.meta.url)
const pool = new ProcessPool(broker, { module, workers: files.length + 1 })
await pool.start()
const { t } = broker.queue<typeof tasks>()
for (const file of files) t.spin(file)
process.on('SIGINT', () => console.log('interrupted'))
console.log(`idle ${(await t.about().result()).pid}`)
