// A whole graph in one go: for each of three routes two jobs side by side, one that joins them, and one that
// puts all routes together. Each runs as soon as what it needs is there.
import { AsyncPool, getBroker, TaskSpace } from '@taskspace/core'

const ROUTES = ['coast', 'forest', 'hills']

export async function run(url: string) {
  const trip = new TaskSpace('trip', {
    length: (route: string) => route.length * 10,
    climb: (route: string) => route.length * 100,
    describe: (route: string, km: number, metres: number) => `${route}: ${km} km, ${metres} m up`,
    brochure: (pages: Record<string, string>) => ({ title: `${Object.keys(pages).length} routes`, pages }),
  })

  await using broker = await getBroker(url)
  broker.expose(trip)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<typeof trip>()
  const pages = ROUTES.map((route) => {
    const page = q.trip.describe(route, q.trip.length(route), q.trip.climb(route))
    return [route, page] as const
  })
  return await q.trip.brochure(Object.fromEntries(pages)).result()
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
