// Runs a small graph of jobs to its end and leaves nothing behind, so that the process ends by itself.
import { AsyncPool, getBroker, getQueue, TaskSpace } from '@taskspace/core'

const math = new TaskSpace('math', {
  num: (text) => Number(text),
  add: (values) => values.reduce((a, b) => a + b, 0),
})

const broker = await getBroker('memory:')
broker.expose(math)
const pool = new AsyncPool(broker)
await pool.start()

const queue = await getQueue('memory:')
const numbers = ['1', '2', '3'].map((text) => queue.math.num(text))
const total = queue.math.add(numbers)
console.log(`total ${await total.result({ timeout: '20s' })}`)

await queue[Symbol.asyncDispose]()
await pool.stop()
await broker.close()
