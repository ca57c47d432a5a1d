// What a job logs, prints, emits and reports can be followed while it runs, and read when it is over.
import { AsyncPool, currentJob, getBroker, type JobNews, TaskSpace } from '@taskspace/core'

const shop = new TaskSpace('shop', {
  pack: async (items: readonly string[]) => {
    const job = currentJob()
    for (const [index, item] of items.entries()) {
      job.log.info('packed', { item })
      job.progress((index + 1) / items.length)
      await new Promise(setImmediate)
    }
    job.emit('sealed', { parcels: 1 })
    process.stdout.write('printed by the task\n')
  },
})

export async function run(url: string) {
  await using broker = await getBroker(url)
  broker.expose(shop)
  const job = broker.queue<typeof shop>().shop.pack(['tea', 'cup'])
  await using pool = new AsyncPool(broker)
  await pool.start()

  const seen: string[] = []
  for await (const news of job.follow()) seen.push(shown(news)) // ends with the job

  const warnings = await job.logs({ level: 'warn' })
  const events = await job.events()
  return { seen, warnings: warnings.length, events: events.map(({ number, name, data }) => ({ number, name, data })) }
}

function shown(news: JobNews): string {
  if (news.kind === 'progress') return `progress ${news.progress}`
  if (news.kind === 'event') return `event ${news.name}`
  return `${news.source} ${news.level}: ${news.text}`
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
