import { type BrokerHost, HOST } from '../broker-host.ts'
import { type Duration, toMs } from '../duration.ts'
import { Closed } from '../errors/backend-errors.ts'
import type { WaitOptions } from '../queue/deferred.ts'
import { checkOptionNames } from '../queue/option-values.ts'
import { AlreadyStarted } from './already-started.ts'
import { Drain, type DrainLimits } from './drain.ts'
import { Engine } from './engine.ts'
import type { Executor } from './executor.ts'
import { type PoolKind, type PoolOptions, type PoolSettings, parseDrainTimeout, poolSettings } from './pool-options.ts'

/** What a pool takes its jobs through: a `Broker`. */
export interface PoolBroker {
  readonly [HOST]: BrokerHost
}

/** Longest interval there is; the handle, not the tick, keeps the process alive. */
const MAX_INTERVAL_MS = 2 ** 31 - 1

/** Options of `stop`. */
export interface StopOptions {
  /** How long jobs may take to finish; default the pool's `drainTimeout`. `Infinity`: as long as they need. */
  readonly drainTimeout?: Duration | undefined
  /** How long they may take after that, when they were told to stop, before they are given up; default the pool's `grace`. */
  readonly grace?: Duration | undefined
}

const STOP_OPTIONS: ReadonlySet<string> = new Set<keyof StopOptions>(['drainTimeout', 'grace'])

/** What a pool is doing. */
export interface PoolStats {
  /** Jobs that run. */
  readonly running: number
  /** Jobs that were claimed and wait for a slot. */
  readonly ready: number
  /** Jobs that are this pool's: claimed, and not settled. */
  readonly held: number
  /** Jobs that were given up, because they did not heed their signal, and whose code goes on. */
  readonly orphaned: number
}

/**
 * Takes jobs from queues and has them run. What kind of pool it is decides where: on the event loop (`AsyncPool`), in
 * threads, in processes.
 *
 * It keeps the process alive from `start` to the end of `stop`. Signals of the operating system are the application's;
 * `startPools()` starts pools and stops them at SIGTERM and SIGINT. While the backend is away it waits, and goes on by
 * itself.
 */
export abstract class WorkerPool {
  readonly #host: BrokerHost
  readonly #settings: PoolSettings
  readonly #ended: Promise<void>
  #end!: () => void
  #state: 'new' | 'starting' | 'running' | 'stopping' | 'stopped' = 'new'
  #starting: Promise<void> | undefined
  /** What is being opened, which a `stop` breaks off. */
  #opening: Executor | undefined
  #isBrokenOff = false
  #engine: Engine | undefined
  #drain: Drain | undefined
  #detach: (() => void) | undefined
  #alive: NodeJS.Timeout | undefined

  /** @throws InvalidArgument for options that cannot be used. */
  constructor(broker: PoolBroker, options: PoolOptions, kind: PoolKind) {
    this.#host = broker[HOST]
    this.#settings = poolSettings(options, kind)
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** What it is called in logs. */
  get name(): string {
    return this.#settings.name
  }

  /** What it is doing now. */
  stats(): PoolStats {
    return this.#engine?.counts ?? { running: 0, ready: 0, held: 0, orphaned: 0 }
  }

  /**
   * Begin to take jobs; resolves when it does. Tasks that are exposed later run as well from then on.
   *
   * @throws AlreadyStarted if it was started before; BackendUnavailable if the backend cannot be reached now, after which
   * it may be started again, as after PoolNameTaken (see `resume`); Closed if the broker is closed. If the pool is stopped
   * meanwhile it resolves as well.
   */
  async start(): Promise<void> {
    if (this.#state === 'stopped')
      throw new AlreadyStarted('cannot start a WorkerPool that was stopped: make a new one')
    if (this.#state !== 'new') throw new AlreadyStarted('cannot start already running WorkerPool')
    // First, so that a broker that is closed meanwhile stops this pool too.
    const detach = this.#host.attach(this)
    this.#detach = detach
    this.#state = 'starting'
    this.#starting = this.#open()
    try {
      await this.#starting
    } catch (error) {
      this.#state = 'new'
      detach()
      if (this.#isBrokenOff) this.#isOver()
      // As for a stop that comes a moment later, which is no fault of the start.
      if (!(this.#isBrokenOff && error instanceof Closed)) throw error
    }
  }

  /**
   * Take no more jobs; resolves when all is over. Jobs that have not started go back at once. Those that run may finish for
   * `drainTimeout`; then their signals abort, and after a grace they are given up. What has not ended goes back to the
   * front of its line without spending an attempt.
   *
   * Idempotent, and legal before `start`, which it does not prevent. Workers that are still loading are ended at once,
   * and the `start` that waits for them resolves. Called again it shortens the times left, if they are longer. @throws
   * InvalidArgument
   */
  async stop(options: StopOptions = {}): Promise<void> {
    checkOptionNames(options, 'stop options', STOP_OPTIONS)
    const limits = this.#limits(options)
    if (this.#state === 'starting') await this.#breakOff()
    if (this.#engine === undefined) return
    if (this.#drain === undefined) await this.#stop(this.#engine, limits)
    else await this.#hurry(this.#drain, limits)
  }

  /** Resolves when the pool has stopped; rejects with the reason of `signal` if that aborts first. */
  join({ signal }: WaitOptions = {}): Promise<void> {
    return signal === undefined ? this.#ended : orAborted(this.#ended, signal)
  }

  /** The same as `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** How long its jobs stay its own when it cannot be heard of, in ms. */
  protected get leaseMs(): number {
    return this.#settings.leaseMs
  }

  /** Whether what jobs write to the outputs of their process goes to their logs. */
  protected get captureOutput(): boolean {
    return this.#settings.captureOutput
  }

  /** Where its jobs run; asked for at each `start`. */
  protected abstract createExecutor(host: BrokerHost): Executor

  async #open(): Promise<void> {
    const host = this.#host
    await host.opened()
    this.#throwIfBrokenOff()
    const executor = this.createExecutor(host)
    try {
      this.#engine = await this.#startEngine(host, executor)
    } catch (error) {
      await executor.close()
      throw error
    }
    this.#state = 'running'
    this.#alive = setInterval(() => undefined, MAX_INTERVAL_MS)
  }

  async #startEngine(host: BrokerHost, executor: Executor): Promise<Engine> {
    this.#opening = executor
    await executor.open?.()
    this.#opening = undefined
    this.#throwIfBrokenOff()
    const engine = new Engine({ host, settings: this.#settings, executor })
    await engine.start()
    return engine
  }

  /** What it opens need not get ready any more; how that ended is for whoever called `start`. */
  async #breakOff(): Promise<void> {
    this.#isBrokenOff = true
    await this.#opening?.close()
    await this.#starting?.catch(() => undefined)
  }

  #throwIfBrokenOff(): void {
    if (this.#isBrokenOff) throw new Closed(`pool ${this.name} was stopped while it started`)
  }

  #isOver(): void {
    this.#state = 'stopped'
    this.#end()
  }

  #limits({ drainTimeout, grace }: StopOptions): DrainLimits {
    const { drainTimeoutMs, graceMs } = this.#settings
    return {
      timeoutMs: drainTimeout === undefined ? drainTimeoutMs : parseDrainTimeout(drainTimeout),
      graceMs: grace === undefined ? graceMs : toMs(grace, 'grace'),
    }
  }

  async #stop(engine: Engine, limits: DrainLimits): Promise<void> {
    const { clock } = this.#host
    this.#state = 'stopping'
    this.#drain = new Drain({ engine, clock, limits })
    try {
      await this.#drain.run()
    } finally {
      clearInterval(this.#alive)
      this.#detach?.()
      this.#isOver()
    }
  }

  async #hurry(drain: Drain, limits: DrainLimits): Promise<void> {
    drain.shorten(limits)
    await this.#ended
  }
}

/** Wait for a promise, unless the signal aborts first; leaves no listener behind. */
async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  let abort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
  })
  signal.addEventListener('abort', abort)
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
