import { InvalidArgument } from './errors/usage-errors.ts'
import { type PoolSignals, runPools } from './pool/run-pools.ts'
import type { WorkerPool } from './pool/worker-pool.ts'

/**
 * Start pools and keep them until SIGTERM or SIGINT; resolves when all have stopped.
 *
 * The first signal has them take no more jobs, let those that run finish within their `drainTimeout`, and give the rest
 * back without spending an attempt. A second one stops them at once: jobs are told to stop and given back in the same
 * moment; further ones change nothing. Pools that have not started yet do not start any more. SIGUSR1 logs where the code
 * of each thread and child process is. The process goes on afterwards; signals then do what they did before.
 *
 * ```ts
 * await startPools(new AsyncPool(broker), new ThreadPool(broker, { module: './tasks.js', workers: 4 }))
 * await broker.close()
 * ```
 *
 * @throws InvalidArgument without any pool (WQ-63); what `start()` throws if one of them cannot be started, once those that
 * could be have stopped; what `stop()` throws.
 */
export async function startPools(...pools: readonly WorkerPool[]): Promise<void> {
  if (pools.length === 0) throw new InvalidArgument('pools', 'startPools() needs at least one pool')
  const signals: PoolSignals = process
  await runPools(pools, signals)
}
