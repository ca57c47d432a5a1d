// A space has a name, and its tasks are called by it: two spaces may each have a task of the same name.
// A queue can know the tasks of several spaces.
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const circle = new TaskSpace('circle', { area: (radius: number) => Math.round(Math.PI * radius ** 2) })
  const square = new TaskSpace('square', { area: (side: number) => side ** 2 })

  await using broker = await getBroker(url)
  broker.expose(circle)
  broker.expose(square)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<[typeof circle, typeof square]>()
  const [round, angular] = [q.circle.area(10), q.square.area(10)]
  return { [round.name]: await round.result(), [angular.name]: await angular.result() }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
