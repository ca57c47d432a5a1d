import { setTimeout as sleep } from 'node:timers/promises'
import { isThere } from '../../tools/child-processes.ts'
import { type IsolatedKind, LocalPools, saidIn } from './local-pool.ts'
import { machineMs } from './soak-tasks.ts'

/** How often it is looked whether something is gone, in ms. */
const LOOK_MS = 2

/** Time for jobs that were told to stop, in ms. */
const GRACE_MS = 300

/** How long after the grace a canceled job that spins is gone, with its worker and what it has started, in ms each. */
export async function stopTimes(
  kind: IsolatedKind,
  count: number,
  execArgv?: readonly string[],
): Promise<readonly number[]> {
  const pools = new LocalPools(kind, execArgv)
  const pool = await pools.start({ workers: 1, grace: GRACE_MS })
  const times: number[] = []
  while (times.length < count) {
    const file = pools.file()
    const job = pools.tasks.spinTold(file)
    const paths = (await saidIn(file)) as readonly string[]
    const from = performance.now()
    await job.cancel('enough')
    await goneAll(paths)
    times.push(performance.now() - from - GRACE_MS)
    await job.wait()
  }
  await pool.stop()
  await pools.close()
  return times
}

/** How long after the death of its worker a job has failed, as its caller hears of it, in ms each. */
export async function deathTimes(
  kind: IsolatedKind,
  count: number,
  execArgv?: readonly string[],
): Promise<readonly number[]> {
  const pools = new LocalPools(kind, execArgv)
  const pool = await pools.start({ workers: 2 })
  const times: number[] = []
  while (times.length < count) {
    const file = pools.file()
    const beside = pools.tasks.increaseLater(times.length, 20)
    const job = pools.tasks.die.with({ maxCrashes: 1 })(file)
    await job.wait()
    const at = machineMs()
    times.push(at - ((await saidIn(file)) as number))
    await beside.wait()
  }
  await pool.stop()
  await pools.close()
  return times
}

/** Resolves when none of them is there any more. */
export async function goneAll(paths: readonly string[]): Promise<void> {
  while (paths.some(isThere)) await sleep(LOOK_MS)
}
