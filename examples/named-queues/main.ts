// Queues are lines apart on one backend: a pool serves the queues it names, and no other.
// Two programs, each with its own tasks and its own queue, share the store without meeting.
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const done: string[] = []
  const letters = new TaskSpace('', { send: (to: string) => void done.push(`letter to ${to}`) })
  const parcels = new TaskSpace('', { send: (to: string) => void done.push(`parcel to ${to}`) })

  await using letterBroker = await getBroker(url)
  await using parcelBroker = await getBroker(url)
  letterBroker.expose(letters)
  parcelBroker.expose(parcels)
  await using letterPool = new AsyncPool(letterBroker, { queues: ['letters'] })
  await using parcelPool = new AsyncPool(parcelBroker, { queues: ['parcels'] })
  await Promise.all([letterPool.start(), parcelPool.start()])

  await using client = await getBroker(url)
  const sent = [
    client.queue<typeof letters>('letters').send('Ada'),
    client.queue<typeof parcels>('parcels').send('Alan'),
  ]
  await Promise.all(sent.map((job) => job.result()))
  return { done: done.sort(), queues: sent.map((job) => job.queue) }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
