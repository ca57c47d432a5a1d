import type { IsolatedKind } from './local-pool.ts'
import { orphanTimes } from './orphan-times.ts'
import { startStopSoak } from './start-stop.ts'
import { deathTimes, stopTimes } from './times.ts'

/**
 * `npm run soak:pools -- [rounds of start and stop, default 1000] [times that each of the others is measured, default 100]
 * [kinds, default thread,process]`: one line of JSON for each figure. Exit code 1 if one is not as promised.
 */
const [rounds = '1000', count = '100', kinds = 'thread,process'] = process.argv.slice(2)

/** What is promised, in ms. */
const STOP_MS = 250
const DEATH_MS = 1_000
const ORPHAN_MS = 1_000

for (const kind of kinds.split(',') as readonly IsolatedKind[]) {
  tell(kind, 'gone after the grace', await stopTimes(kind, Number(count)), STOP_MS)
  tell(kind, 'settled after a death', await deathTimes(kind, Number(count)), DEATH_MS)
  if (kind === 'process') tell(kind, 'gone after the owner', await orphanTimes(Math.ceil(Number(count) / 5)), ORPHAN_MS)
  const report = await startStopSoak(kind, Number(rounds))
  console.log(JSON.stringify({ kind, figure: 'start and stop', rounds: Number(rounds), ...report }))
  if (JSON.stringify(report.before) !== JSON.stringify(report.after)) process.exitCode = 1
}

function tell(kind: IsolatedKind, figure: string, times: readonly number[], limitMs: number): void {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (part: number): number => Math.round((sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN) * 10) / 10
  const spread = { p50: at(0.5), p99: at(0.99), max: at(1) }
  console.log(JSON.stringify({ kind, figure, unit: 'ms', times: times.length, ...spread, limit: limitMs }))
  if (!(spread.p99 <= limitMs)) process.exitCode = 1
}
