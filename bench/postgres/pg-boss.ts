import { setTimeout as pause } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import type { StoreContender } from '../stores/contender.ts'
import { ANSWER, Replies } from './replies.ts'

interface Data {
  readonly number: number
  /** Whoever waits for it, and what it answers. */
  readonly reply?: number
}

const QUEUE = 'echo'
const IDLE_MS = 20

/** pg-boss: as many jobs fetched and completed at a time as the concurrency says, kept after that. */
export const pgBoss: StoreContender = {
  name: 'pg-boss',
  async produce({ url }) {
    const boss = await started(url, true)
    await boss.createQueue(QUEUE)
    const replies = new Replies(url)
    let graphs = 0
    const all = (from: number, to: number, options: { readonly startAfter?: Date } = {}) =>
      boss.insert(
        QUEUE,
        Array.from({ length: to - from }, (_, offset) => ({ data: { number: from + offset }, ...options })),
      )
    return {
      enqueue: (number) => boss.send(QUEUE, { number }),
      enqueueBulk: (from, to) => all(from, to),
      enqueueLater: (from, to, delayMs) => all(from, to, { startAfter: new Date(Date.now() + delayMs) }),
      // It hands no results on: what the last job answers is known before.
      fanIn: async (width) => {
        graphs += 1
        const refs = Array.from({ length: width }, (_, number) => `job-${number}`)
        const jobs = refs.map((ref, number) => ({ ref, name: QUEUE, data: { number } }))
        const sum = { ref: 'sum', name: QUEUE, data: { number: 0, reply: graphs }, dependsOn: refs }
        await replies.of(graphs, () => boss.flow([...jobs, sum]))
        return (width * (width - 1)) / 2
      },
      stop: async () => {
        await replies.close()
        await boss.stop({ graceful: false })
      },
    }
  },
  async work({ url }, concurrency, onRun) {
    if (concurrency === 0) return { stop: () => Promise.resolve() }
    const boss = await started(url, false)
    let isStopped = false
    const working = (async () => {
      while (!isStopped) {
        const jobs = await boss.fetch<Data>(QUEUE, { batchSize: concurrency })
        for (const { data } of jobs) onRun(data.number)
        if (jobs.length === 0) await pause(IDLE_MS)
        else await complete(boss, jobs)
      }
    })()
    return {
      stop: async () => {
        isStopped = true
        await working
        await boss.stop({ graceful: false })
      },
    }
  },
}

async function started(connectionString: string, schedules: boolean): Promise<PgBoss> {
  // The client looks for dependents that are free each second, as often as it can be had.
  const flows = schedules ? { flowIntervalSeconds: 1 } : { supervise: false, schedule: false }
  const boss = new PgBoss({ connectionString, ...flows })
  boss.on('error', (error) => {
    throw error
  })
  return boss.start()
}

async function complete(boss: PgBoss, jobs: readonly { readonly id: string; readonly data: Data }[]): Promise<void> {
  await boss.complete(
    QUEUE,
    jobs.map(({ id }) => id),
  )
  for (const { data } of jobs) {
    if (data.reply !== undefined) await boss.getDb().executeSql(ANSWER, [String(data.reply)])
  }
}
