import { randomUUID } from 'node:crypto'
import { type PostgresServer, startPostgres } from '../../tools/servers/postgres.ts'
import { redisUrl } from '../../tools/servers/redis.ts'
import { crashSoak, type SoakOptions } from './crash-soak.ts'

/** `npm run soak -- [seconds for each, default 120] [pools, default async,thread,process] [stores, default memory,redis,postgres]` */
const [seconds = '120', pools = 'async,thread,process', stores = 'memory,redis,postgres'] = process.argv.slice(2)
const servers = { memory: inMemory, redis: redisUrl, postgres: () => startPostgres().then(served) }
let isClean = true
for (const store of stores.split(',')) {
  const server = await servers[store as keyof typeof servers]()
  for (const pool of pools.split(',') as readonly SoakOptions['pool'][]) {
    const url = new URL(server.url)
    url.searchParams.set('namespace', randomUUID())
    if (store === 'postgres') url.searchParams.set('migrate', 'true')
    const ownerPauseMs = store === 'memory' ? Number.POSITIVE_INFINITY : 4_000
    const options = { pool, url: url.href, ms: Number(seconds) * 1000, ownerPauseMs, callers: 60 }
    const report = await crashSoak(options)
    console.log(JSON.stringify({ store, pool, ...report }))
    if (report.wrong.length + report.undecided.length + report.left.length > 0) isClean = false
  }
  await server.stop()
}
process.exitCode = isClean ? 0 : 1

function inMemory(): Promise<{ readonly url: string; stop(): Promise<unknown> }> {
  return Promise.resolve({ url: `memory:${randomUUID()}`, stop: () => Promise.resolve() })
}

function served(server: PostgresServer): { readonly url: string; stop(): Promise<unknown> } {
  return { url: server.url(), stop: () => server.remove() }
}
