import { SuperjsonCodec } from '@taskspace/core'
import superjson from 'superjson'
import type { Contender } from '../contender.ts'
import { median } from '../median.ts'
import type { Figure, Workload } from '../workload.ts'

const user = {
  id: 'user-000001',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  age: 36,
  active: true,
  roles: ['admin', 'author', 'reader'],
  address: { street: '12 St James Square', city: 'London', zip: 'SW1Y 4LB' },
  note: 'first programmer; wrote notes on the analytical engine',
}
const values: Readonly<Record<string, { readonly value: unknown; readonly times: number }>> = {
  'arguments [1]': { value: [1], times: 200_000 },
  'object of 260 B': { value: user, times: 50_000 },
  '1000 rows': { value: Array.from({ length: 1000 }, (_, id) => ({ ...user, id })), times: 50 },
}

/** A value there and back: bare JSON, our codec on a plain value, and superjson as it comes. */
export const codec: Workload<Contender> = {
  name: 'codec',
  contenders: ['taskspace'],
  async run() {
    const ours = new SuperjsonCodec()
    const ways: Readonly<Record<string, (value: unknown) => unknown>> = {
      json: (value) => JSON.parse(JSON.stringify(value)),
      codec: (value) => ours.decode(ours.encode(value)),
      superjson: (value) => superjson.parse(superjson.stringify(value)),
    }
    return Object.entries(values).flatMap(([what, { value, times }]) =>
      Object.entries(ways).map(([way, roundTrip]) => figure(`${what}, ${way}`, times, () => roundTrip(value))),
    )
  },
}

function figure(name: string, times: number, work: () => unknown): Figure {
  const rounds = Array.from({ length: 5 }, () => usEach(times, work))
  return { figure: name, unit: 'us', value: Math.round(median(rounds) * 1000) / 1000 }
}

function usEach(times: number, work: () => unknown): number {
  const startedAt = performance.now()
  for (let round = 0; round < times; round += 1) work()
  return ((performance.now() - startedAt) * 1000) / times
}
