import { startPgBouncer } from '../../tools/servers/pgbouncer.ts'
import type { BenchServer } from '../stores/contender.ts'
import type { Store } from '../stores/store.ts'
import { postgresStore } from './store.ts'

/** The same server through PgBouncer in transaction mode, where nobody hears a NOTIFY. */
export const pooledStore: Store = { ...postgresStore, start }

async function start(): Promise<BenchServer> {
  const server = await postgresStore.start()
  const bouncer = await startPgBouncer({ serverPort: Number(new URL(server.url).port) })
  return {
    ...server,
    url: bouncer.url(),
    stop: async () => {
      await bouncer.stop()
      await server.stop()
    },
  }
}
