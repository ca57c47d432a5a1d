import { LocalPools } from './local-pool.ts'

/** Owns processes that all spin; the files in which they tell where they are are its arguments. */
const files = process.argv.slice(2)
const pools = new LocalPools('process')
await pools.start({ workers: files.length })
for (const file of files) pools.tasks.spinTold(file)
