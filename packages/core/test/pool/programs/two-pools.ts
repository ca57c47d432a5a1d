// Two pools that stop at a signal. Prints what happens, a line each; a line on the standard input ends the polite job.
import { once } from 'node:events'
import { AsyncPool, currentJob, getBroker, startPools, TaskSpace } from '@taskspace/core'

const work = new TaskSpace('work', {
  polite: async () => {
    console.log('polite job runs')
    await once(process.stdin, 'data', { signal: currentJob().signal })
    process.stdin.pause()
    console.log('polite job ends')
  },
  stubborn: () => {
    console.log('stubborn job runs')
    return new Promise<never>(() => undefined)
  },
})

const broker = await getBroker('memory:')
broker.expose(work)
const jobs = [broker.queue('polite').work.polite(), broker.queue('stubborn').work.stubborn()]
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => console.log(signal))

await startPools(new AsyncPool(broker, { queues: ['polite'] }), new AsyncPool(broker, { queues: ['stubborn'] }))

for (const job of jobs) {
  const record = await broker.jobs.get(job.id)
  console.log(`${job.name} ${record.state} after ${record.attempt} attempts`)
}
await broker.close()
console.log('closed')
process.stdin.pause()
