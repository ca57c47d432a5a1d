import { CONTRACT_VERSION, ISOLATED_LEASE_MS } from '../../backend/limits.ts'
import type { BrokerHost } from '../../broker-host.ts'
import { SuperjsonCodec } from '../../codec/superjson-codec.ts'
import type { Executor } from '../executor.ts'
import { type PoolBroker, WorkerPool } from '../worker-pool.ts'
import { Fleet } from './fleet.ts'
import {
  ISOLATED_OPTIONS,
  type IsolatedPoolOptions,
  type IsolatedSettings,
  isolatedSettings,
} from './isolated-options.ts'
import type { SetupMessage } from './messages.ts'
import type { WorkerSpawner } from './worker-link.ts'
import type { WorkerStats } from './worker-stats.ts'

/** What a kind of isolated pool has besides. */
export interface IsolatedKind {
  /** Names of its own options, which it has taken out. */
  readonly ownOptions: readonly string[]
}

/**
 * A pool whose jobs run apart from the process that owns it, each in a worker: jobs that compute do not keep it from
 * anything, those that do not stop are ended, and one that brings its worker down harms no other (see `concurrency`).
 *
 * What kind of worker is for `createSpawner` to say.
 */
export abstract class IsolatedPool extends WorkerPool {
  readonly #settings: IsolatedSettings
  readonly #ahead: boolean
  #fleet: Fleet | undefined

  /** @throws InvalidArgument for options that cannot be used. */
  constructor(broker: PoolBroker, options: IsolatedPoolOptions, kind: IsolatedKind) {
    const settings = isolatedSettings(options)
    const ownOptions = [...ISOLATED_OPTIONS, ...kind.ownOptions]
    super(broker, options, {
      slots: settings.maxWorkers * settings.concurrency,
      leaseMs: ISOLATED_LEASE_MS,
      ownOptions,
    })
    this.#settings = settings
    this.#ahead = options.ahead ?? true
  }

  /**
   * Log where the code of each worker is at this moment, also of those that compute without end: to the broker's `logger`
   * and to the log of the job. Never rejects; does nothing before `start`. `startPools()` calls it at SIGUSR1.
   */
  async logStacks(): Promise<void> {
    await this.#fleet?.logStacks()
  }

  /**
   * What each worker is, does and takes of memory and processors at this moment, also of those that compute without end.
   * Never rejects; empty before `start` and after `stop`.
   */
  async workers(): Promise<readonly WorkerStats[]> {
    return (await this.#fleet?.stats()) ?? []
  }

  /** Make what makes the workers; asked for at each `start`. */
  protected abstract createSpawner(host: BrokerHost): WorkerSpawner

  protected override createExecutor(host: BrokerHost): Executor {
    const settings = this.#settings
    const { maxJobsPerWorker: maxJobs, startTimeoutMs } = settings
    const setup = setupMessage(settings, host, this.captureOutput)
    const spawner = this.createSpawner(host)
    const worker = { spawner, setup, host, startTimeoutMs, maxJobs }
    this.#fleet = new Fleet({ host, spawner, worker, settings, ahead: this.#ahead })
    return this.#fleet
  }
}

function setupMessage(settings: IsolatedSettings, host: BrokerHost, captureOutput: boolean): SetupMessage {
  const { queue, maxPayloadBytes } = host
  const { module, args, concurrency, maxMemoryBytes } = settings
  return {
    kind: 'setup',
    module,
    args: new SuperjsonCodec({ maxPayloadBytes }).encodeArguments(args).payload,
    url: queue.url,
    namespace: queue.namespace,
    contractVersion: CONTRACT_VERSION,
    maxPayloadBytes,
    concurrency,
    captureOutput,
    transactions: queue.transactions !== undefined,
    ...(maxMemoryBytes !== undefined && { maxMemoryBytes }),
  }
}
