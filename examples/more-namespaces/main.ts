// Names nest by dots, as deep as one likes, in the name of a space or of a task.
// Spaces may overlap: `zoo`, `zoo.birds` and `zoo.birds.night` live side by side, and `zoo.birds` is a task as well.
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const zoo = new TaskSpace('zoo', { feed: () => 'all fed', birds: () => 'how many birds there are' })
  const birds = new TaskSpace('zoo.birds', { feed: () => 'birds fed', 'water.feed': () => 'ducks fed' })
  const night = new TaskSpace('zoo.birds.night', { feed: () => 'owls fed' })

  await using broker = await getBroker(url)
  broker.expose([zoo, birds, night])
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<[typeof zoo, typeof birds, typeof night]>()
  const jobs = [q.zoo.feed(), q.zoo.birds(), q.zoo.birds.feed(), q.zoo.birds.water.feed(), q.zoo.birds.night.feed()]
  return await Promise.all(jobs.map(async (job) => [job.name, await job.result()] as const))
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
