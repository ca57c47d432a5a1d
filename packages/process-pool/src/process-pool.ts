import { type BrokerHost, IsolatedPool, type PoolBroker, type WorkerSpawner } from '@taskspace/core/pool'
import { PROCESS_OPTIONS, type ProcessPoolOptions, type ProcessSettings, processSettings } from './process-options.ts'
import { ProcessSpawner } from './process-spawner.ts'

/**
 * Runs jobs in child processes, one at a time in each unless `concurrency` says otherwise. A job that does not stop when
 * told to is ended with its process and all that it started; one that brings its process down harms no other. When the
 * owner of the pool dies, however suddenly, its children are gone within a second.
 */
export class ProcessPool extends IsolatedPool {
  readonly #settings: ProcessSettings

  /** @throws InvalidArgument for options that cannot be used. */
  constructor(broker: PoolBroker, options: ProcessPoolOptions) {
    const { execArgv, env, cwd, nice, sandbox, inspect, ...common } = options
    const settings = processSettings(options)
    super(broker, common, { ownOptions: PROCESS_OPTIONS })
    this.#settings = settings
  }

  protected override createSpawner(_host: BrokerHost): WorkerSpawner {
    return new ProcessSpawner(this.#settings)
  }
}
