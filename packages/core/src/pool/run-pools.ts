import type { WorkerPool } from './worker-pool.ts'

type PoolSignal = 'SIGTERM' | 'SIGINT' | 'SIGUSR1'

/** Where signals of the operating system come from: `process`. */
export interface PoolSignals {
  on(signal: PoolSignal, listener: () => void): unknown
  off(signal: PoolSignal, listener: () => void): unknown
}

const STOP_SIGNALS: readonly PoolSignal[] = ['SIGTERM', 'SIGINT']

/** A pool; those whose jobs run elsewhere can say where their code is. */
interface Pool extends Pick<WorkerPool, 'start' | 'stop' | 'join'> {
  logStacks?(): Promise<void>
}

/** Start pools, and stop them as signals say; resolves when all have stopped. */
export async function runPools(pools: readonly Pool[], signals: PoolSignals): Promise<void> {
  const stopper = new Stopper()
  const heed = (): void => stopper.signaled()
  // Listeners stay until the end: a burst of signals must not end the process before jobs were given back.
  for (const signal of STOP_SIGNALS) signals.on(signal, heed)
  const tellers = pools.filter(({ logStacks }) => logStacks !== undefined)
  const tell = (): void => {
    for (const pool of tellers) void pool.logStacks?.()
  }
  // Else the signal stays Node's, which lets debuggers connect then.
  if (tellers.length > 0) signals.on('SIGUSR1', tell)
  try {
    const problems = await startAll(pools, stopper)
    if (problems.length > 0) stopper.signaled()
    problems.push(...(await stopper.ended()))
    throwAny(problems)
  } finally {
    for (const signal of STOP_SIGNALS) signals.off(signal, heed)
    signals.off('SIGUSR1', tell)
  }
}

/** Starts them all, whichever fail; gives what went wrong. */
async function startAll(pools: readonly Pool[], stopper: Stopper): Promise<unknown[]> {
  const started = await Promise.allSettled(pools.map((pool) => stopper.start(pool)))
  return started.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
}

/** The pools that run, and how urgently they are to stop. */
class Stopper {
  readonly #pools = new Set<Pool>()
  readonly #joins: Promise<void>[] = []
  readonly #stops: Promise<unknown>[] = []
  readonly #problems: unknown[] = []
  #signals = 0

  /** Start a pool, which stops with the others also while it starts. @throws what it says. */
  async start(pool: Pool): Promise<void> {
    this.#pools.add(pool)
    try {
      await pool.start()
      this.#joins.push(pool.join())
    } catch (error) {
      this.#pools.delete(pool)
      throw error
    }
  }

  signaled(): void {
    this.#signals += 1
    if (this.#signals <= 2) for (const pool of this.#pools) this.#stop(pool)
  }

  /** Resolves when every pool has stopped, with what went wrong. */
  async ended(): Promise<readonly unknown[]> {
    await Promise.all(this.#joins)
    await Promise.all(this.#stops)
    return this.#problems
  }

  #stop(pool: Pool): void {
    const stopped = pool.stop(this.#signals > 1 ? { drainTimeout: 0, grace: 0 } : {})
    this.#stops.push(stopped.catch((error: unknown) => this.#problems.push(error)))
  }
}

function throwAny(problems: readonly unknown[]): void {
  if (problems.length === 1) throw problems[0]
  if (problems.length > 1) throw new AggregateError(problems, 'pools could not be started and stopped')
}
