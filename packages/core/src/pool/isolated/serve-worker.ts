import { systemClock } from '../../backend/clock.ts'
import { CONTRACT_VERSION } from '../../backend/limits.ts'
import { Broker } from '../../broker.ts'
import { HOST } from '../../broker-host.ts'
import { freeBytes } from '../../codec/free-bytes.ts'
import { SuperjsonCodec } from '../../codec/superjson-codec.ts'
import { VersionMismatch } from '../../errors/backend-errors.ts'
import { JobRunner } from '../job-runner.ts'
import { loadModule } from './load-module.ts'
import type { SetupMessage, ToWorker } from './messages.ts'
import { muteJobs } from './mute-jobs.ts'
import { RelayQueue } from './relay-queue.ts'
import { sentError } from './sent-error.ts'
import { taskNotes } from './task-notes.ts'
import { ToHost } from './to-host.ts'
import { watchFaults } from './worker-faults.ts'
import { type JobHooks, WorkerJobs } from './worker-jobs.ts'
import type { WorkerChannel } from './worker-link.ts'

/**
 * Be a worker: load the tasks that the host names, run the jobs that it sends, and tell it what they come to. Calls that
 * jobs make go through the host. Called once, by the entry file of a kind of worker.
 */
export function serveWorker(channel: WorkerChannel, hooks: JobHooks = {}): void {
  const worker = new ServedWorker(channel, hooks)
  channel.onMessages((batch) => worker.receive(batch))
  channel.onPause?.((paused) => worker.pause(paused))
  channel.onRetire?.(() => worker.retire())
}

class ServedWorker {
  readonly #channel: WorkerChannel
  readonly #hooks: JobHooks
  readonly #host: ToHost
  #jobs: WorkerJobs | undefined
  #queue: RelayQueue | undefined
  #maxMemoryBytes: number | undefined

  constructor(channel: WorkerChannel, hooks: JobHooks) {
    this.#channel = channel
    this.#host = new ToHost(channel)
    this.#hooks = { beforeJob: () => hooks.beforeJob?.(), afterJobs: () => this.#afterJobs(hooks) }
    watchFaults(this.#host, () => this.#jobs)
  }

  receive(batch: readonly ToWorker[]): void {
    for (const message of batch) this.#take(message)
    this.#jobs?.startSoon()
  }

  /** Jobs that have started go on. */
  pause(paused: boolean): void {
    if (paused) this.#jobs?.skipAll()
    this.#host.post({ kind: 'paused', paused })
  }

  /** Another one may take its place. */
  retire(): void {
    this.#host.post({ kind: 'retire' })
  }

  #take(message: ToWorker): void {
    switch (message.kind) {
      case 'run':
        // It came as a message of its own, and is decoded once.
        freeBytes(message.job.input)
        this.#jobs?.add(message)
        break
      case 'answer':
      case 'refusal':
        this.#host.answered(message)
        break
      case 'heard':
        this.#queue?.heard(message)
        break
      case 'stop':
        this.#jobs?.stop(message.seq, message.reason)
        break
      case 'skip-waiting':
        this.#jobs?.skipAll()
        break
      case 'setup':
        void this.#setUp(message)
        break
      case 'leave':
        this.#host.flush()
        this.#host.close()
        this.#channel.leave()
    }
  }

  async #setUp(setup: SetupMessage): Promise<void> {
    try {
      if (setup.contractVersion !== CONTRACT_VERSION) throw mismatch(setup)
      const broker = await this.#load(setup)
      this.#host.post({ kind: 'ready', tasks: taskNotes(broker[HOST].tasks) })
    } catch (error) {
      this.#host.post({ kind: 'load-failed', error: sentError(error) })
    }
  }

  async #load(setup: SetupMessage): Promise<Broker> {
    const { url, namespace, transactions, maxPayloadBytes, concurrency, maxMemoryBytes, captureOutput } = setup
    const args = new SuperjsonCodec({ maxPayloadBytes }).decodeArguments(setup.args, [])
    const loaded = await loadModule(setup.module, args)
    const queue = new RelayQueue(this.#host, { url, namespace, transactions })
    const broker = new Broker(queue, { maxPayloadBytes, codec: loaded.codec })
    for (const tasks of loaded.tasks) broker.expose(tasks)
    const { codec, tasks, scope } = hostOf(broker)
    // Before the runner taps what is written: what it is told of does not go further.
    if (captureOutput) muteJobs()
    const home = { url, namespace }
    const runner = new JobRunner({
      ...{ codec, clock: systemClock, tasks, home, captureOutput, scope },
      transactions: queue.transactions,
    })
    this.#queue = queue
    this.#maxMemoryBytes = maxMemoryBytes
    const jobs = new WorkerJobs({
      ...{ runner, tasks, concurrency, host: this.#host, channel: this.#channel, hooks: this.#hooks },
    })
    this.#host.work = () => jobs.takeWork()
    this.#jobs = jobs
    return broker
  }

  #afterJobs(hooks: JobHooks): void {
    hooks.afterJobs?.()
    if (this.#maxMemoryBytes === undefined) return
    const bytes = this.#channel.memoryBytes()
    if (bytes <= this.#maxMemoryBytes) return
    this.#maxMemoryBytes = undefined
    this.#host.post({ kind: 'full', bytes })
  }
}

function hostOf(broker: Broker) {
  const host = broker[HOST]
  return { codec: host.codec, tasks: host.tasks, scope: (job: Parameters<typeof host.scope>[0]) => host.scope(job) }
}

function mismatch({ contractVersion }: SetupMessage): VersionMismatch {
  return new VersionMismatch(
    `the worker has version ${CONTRACT_VERSION} of @taskspace/core's contract, its host version ${contractVersion}: the module's copy of the package and the application's differ`,
  )
}
