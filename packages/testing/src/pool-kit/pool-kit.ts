import { randomUUID } from 'node:crypto'
import { Broker, type Logger, type Queue, type WorkerPool } from '@taskspace/core'
import type { JobRecord, TaskQueue } from '@taskspace/core/backend'
import { createTaskQueue } from '@taskspace/memory'
import { eventually } from '../app/eventually.ts'
import { VirtualClock } from '../app/virtual-clock.ts'
import { DEFAULT_PATIENCE_MS } from '../kit/task-queue-target.ts'
import { FileGate } from './file-gate.ts'
import { kitTasks } from './kit-tasks.ts'
import { kitTasksModule } from './kit-tasks-module.ts'
import { type KitClock, LeapingClock } from './leaping-clock.ts'
import { Network } from './network.ts'
import type { KitPoolOptions, WorkerPoolTarget } from './worker-pool-target.ts'

/**
 * What a case is given: a store of its own, in memory unless the target has one, whose time passes when the case says so,
 * the kit's tasks, and pools of the kind that is checked.
 */
export class PoolKit {
  readonly clock: KitClock
  readonly network: Network
  readonly broker: Broker
  /** The queue `default`, for calls. */
  readonly queue: Queue<typeof kitTasks>
  /** What the broker and its pools have logged, each line with its level in front. */
  readonly log: string[] = []
  readonly #target: WorkerPoolTarget
  readonly #patienceMs: number
  readonly #namespace = `pool-kit-${randomUUID()}`
  /** For the clock, if the store has one of its own. */
  readonly #store: TaskQueue | undefined
  readonly #brokers: Broker[] = []
  readonly #gates: FileGate[] = []

  /** On a store that is open. */
  static async open(target: WorkerPoolTarget): Promise<PoolKit> {
    const kit = new PoolKit(target)
    await kit.#store?.open()
    await kit.network.open()
    return kit
  }

  private constructor(target: WorkerPoolTarget) {
    this.#target = target
    this.#patienceMs = target.patienceMs ?? DEFAULT_PATIENCE_MS
    this.#store = target.store?.(this.#namespace)
    this.clock =
      this.#store === undefined ? new VirtualClock() : new LeapingClock(this.#store, () => this.network.renewed())
    this.network = new Network(this.#open())
    this.broker = this.#brokerOn(this.network)
    this.queue = this.broker.queue<typeof kitTasks>()
  }

  /** A pool that is not started; 10 slots unless given. */
  create(options: Partial<KitPoolOptions> = {}, broker = this.broker): WorkerPool {
    return this.#target.create(broker, { slots: 10, module: kitTasksModule, ...options })
  }

  /** A pool that is started. */
  async pool(options?: Partial<KitPoolOptions>, broker?: Broker): Promise<WorkerPool> {
    const pool = this.create(options, broker)
    await pool.start()
    return pool
  }

  /** Another broker on the same store, as another process would have, behind no network. */
  otherBroker(): Broker {
    return this.#brokerOn(this.#open())
  }

  /** The same without any tasks, as a process has that only calls them. */
  caller(): Broker {
    return this.#brokerOn(this.#open(), [])
  }

  /** A gate, closed. */
  gate(): FileGate {
    const gate = new FileGate(this.#patienceMs)
    this.#gates.push(gate)
    return gate
  }

  /** Let time pass. */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /** The same for a long time, in which no lease is kept anyhow. */
  sleep(ms: number): Promise<void> {
    return this.clock.advance(ms, SLEEPING_LEAP_MS)
  }

  /** Try until it is so: `probe` neither throws nor gives `false`. Time stands still. */
  eventually<T>(probe: () => T | Promise<T>): Promise<T> {
    return eventually(probe, { timeout: this.#patienceMs })
  }

  /** Let time pass until a promise settles. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const watch = promise.then(
      () => (settled = true),
      () => (settled = true),
    )
    await this.eventually(async () => {
      await this.clock.advance(settled ? 0 : STEP_MS)
      return settled
    })
    await watch
    return promise
  }

  /** What is stored of a job. */
  async record(id: string): Promise<JobRecord> {
    const [record] = await this.network.read([id])
    if (record === undefined) throw new Error(`no job ${id}`)
    return record
  }

  /** Resolves when a job is in a state. */
  async reaches(id: string, state: JobRecord['state']): Promise<JobRecord> {
    return this.eventually(async () => {
      const record = await this.record(id)
      if (record.state !== state) throw new Error(`job ${id} is ${record.state}, not ${state}`)
      return record
    })
  }

  /** Stop and close everything. */
  async close(): Promise<void> {
    for (const gate of this.#gates) gate.open()
    this.network.comeUp()
    const closing = Promise.all(this.#brokers.map((broker) => broker.close()))
    // Jobs that do not stop by themselves are given up only as time passes.
    await Promise.all([closing, this.#passUntil(closing)])
    await this.#store?.close()
    for (const gate of this.#gates) gate.remove()
  }

  async #passUntil(closing: Promise<unknown>): Promise<void> {
    let closed = false
    const done = (): void => {
      closed = true
    }
    closing.then(done, done)
    for (let ms = 0; ms < MORE_THAN_DRAINS_TAKE_MS && !closed; ms += CLOSING_STEP_MS) {
      await this.clock.advance(CLOSING_STEP_MS)
    }
  }

  #open(): TaskQueue {
    const own = this.#target.store?.(this.#namespace)
    return own ?? createTaskQueue(`memory:${this.#namespace}`, { namespace: 'kit', clock: this.clock })
  }

  #brokerOn(queue: TaskQueue, spaces: readonly object[] = [kitTasks]): Broker {
    const broker = new Broker(queue, { clock: this.clock, logger: this.#logger() })
    for (const space of spaces) broker.expose(space)
    this.#brokers.push(broker)
    return broker
  }

  #logger(): Logger {
    const write = (level: string) => (message: string) => {
      this.log.push(`${level} ${message}`)
    }
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }
}

const SLEEPING_LEAP_MS = 10_000

const MORE_THAN_DRAINS_TAKE_MS = 60_000

/** Time that passes at each look whether everything is closed. */
const CLOSING_STEP_MS = 1_000

/** Time that passes at each look whether something has happened. */
const STEP_MS = 50
