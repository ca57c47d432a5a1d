import { expectCount, perSecond, type Workload } from '../../workload.ts'
import type { PoolContender, RunningPool } from '../contender.ts'
import { MANY_CONTENDERS } from '../groups.ts'

/**
 * Values of some sizes through two workers, many calls outstanding; as many before, so that the optimizing compiler is done,
 * as in workers that have run for seconds.
 */
export const echoMany: readonly Workload<PoolContender>[] = [
  workload({ name: 'echo', calls: 100_000, outstanding: 1000, value: () => 1 }),
  workload({ name: 'echo-1kb', calls: 60_000, outstanding: 1000, value: () => 'x'.repeat(1024) }),
  workload({ name: 'echo-1mb', calls: 400, outstanding: 8, value: () => Buffer.alloc(1 << 20, 7) }),
]

interface Many {
  readonly name: string
  readonly calls: number
  readonly outstanding: number
  value(): unknown
}

const WORKERS = 2

function workload({ name, calls, outstanding, value }: Many): Workload<PoolContender> {
  return {
    name,
    contenders: MANY_CONTENDERS[name] ?? [],
    async run(contender) {
      const pool = await contender.start(WORKERS)
      const sent = value()
      await callers(pool, sent, calls, outstanding)
      const startedAt = performance.now()
      const answered = await callers(pool, sent, calls, outstanding)
      const elapsedMs = performance.now() - startedAt
      expectCount('calls answered', answered, calls)
      await pool.stop()
      return [{ figure: name, unit: 'jobs/s', value: perSecond(calls, elapsedMs) }]
    },
  }
}

async function callers(pool: RunningPool, sent: unknown, calls: number, outstanding: number): Promise<number> {
  let begun = 0
  let answered = 0
  const caller = async (): Promise<void> => {
    while (begun < calls) {
      begun += 1
      expectCount('size of the answer', sizeOf(await pool.echo(sent)), sizeOf(sent))
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: outstanding }, caller))
  return answered
}

// Bytes arrive as a typed array where a channel knows of no Buffer.
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (ArrayBuffer.isView(value)) return value.byteLength
  return typeof value === 'number' ? value : Number.NaN
}
