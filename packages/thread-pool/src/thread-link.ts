import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import {
  type FromWorker,
  type PackedFromWorker,
  packedToWorker,
  type ToWorker,
  unpackedFromWorker,
  type WorkerExit,
  type WorkerLink,
  type WorkerUsage,
} from '@taskspace/core/pool'
import { Piscina } from 'piscina'
import { ownedInputs, withOwnInput } from './owned-buffers.ts'
import type { ThreadSettings } from './thread-settings.ts'
import { stackOfThread } from './thread-stack.ts'
import { usageOfThread } from './thread-usage.ts'
import type { ThreadStart } from './worker.ts'

type PiscinaOptions = NonNullable<ConstructorParameters<typeof Piscina>[0]>

/**
 * One thread. A piscina pool of one owns its life and runs one task, which lasts as long as the thread; jobs come and go
 * over a port of their own, many in a message, since piscina takes several times as long for a task as a job has to.
 *
 * A pool of one, and not one for all threads: piscina starts no thread on its own account then, never has a task wait
 * in line, and a thread that fails to start leaves nothing behind that later ones could hang on.
 */
export class ThreadLink implements WorkerLink {
  readonly label: string
  readonly exited: Promise<WorkerExit>
  readonly #thread: Worker
  readonly #port: MessagePort
  readonly #begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #piscina: Piscina<ThreadStart, void>
  #receive: (batch: readonly PackedFromWorker[]) => void = () => undefined
  #ending: Promise<unknown> | undefined
  #hasLeft = false
  #error: NodeJS.ErrnoException | undefined
  #broken: string | undefined

  /** @throws what Node says to options that it cannot start a thread with. */
  constructor(settings: ThreadSettings) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#piscina = new Piscina(piscinaOptions(settings))
    // An error with no task running, as of a thread that cannot start: `exited` tells it.
    this.#piscina.on('error', () => undefined)
    const thread = this.#run(port2, settings.entry)
    this.#thread = thread
    this.label = `thread ${thread.threadId}`
    this.exited = new Promise((resolve) => {
      thread.once('exit', (code) => resolve(this.#ended(code)))
    })
    thread.once('error', (error) => {
      this.#error = error
    })
    port1.once('messageerror', () => this.#giveUp('a message of the thread cannot be read'))
  }

  send(batch: readonly ToWorker[]): void {
    try {
      const own = batch.map(withOwnInput)
      this.#port.postMessage(own.map(packedToWorker), ownedInputs(own))
    } catch (error) {
      this.#giveUp(`a message to the thread cannot be sent: ${String(error)}`)
    }
  }

  onMessages(listener: (batch: readonly FromWorker[]) => void): void {
    this.#receive = (batch) => listener(batch.map(unpackedFromWorker))
    this.#port.on('message', this.#receive)
  }

  lastBegun(): number {
    return Atomics.load(this.#begun, 0)
  }

  stack(): Promise<string | undefined> {
    return stackOfThread(this.#thread.threadId)
  }

  usage(): Promise<WorkerUsage> {
    return usageOfThread(this.#thread)
  }

  // There is no gentler way to end a thread than by force; its jobs had their signal before.
  terminate(): void {
    // Not by the signal of the task, which does not end a thread that is starting yet.
    this.#ending ??= this.#piscina.destroy()
  }

  #run(port: MessagePort, entry: string): Worker {
    const start: ThreadStart = { port, begun: this.#begun }
    const task = this.#piscina.run(start, { filename: entry, name: 'work', transferList: [port] })
    task.then(
      () => {
        this.#hasLeft = true
        this.terminate()
      },
      // The thread has ended under its task, or is about to: `exited` tells why.
      () => this.terminate(),
    )
    const [thread] = this.#piscina.threads
    if (thread === undefined) throw new Error('piscina has started no thread')
    return thread
  }

  #giveUp(text: string): void {
    this.#broken ??= text
    this.terminate()
  }

  #ended(code: number): WorkerExit {
    this.#receiveRest()
    this.#port.close()
    if (this.#hasLeft) return { kind: 'exit-code', code: 0 }
    if (this.#broken !== undefined) return { kind: 'channel-closed', detail: this.#broken }
    if (this.#error === undefined) return { kind: 'exit-code', code }
    // What a process would have written there.
    const stderr = this.#error.message
    return this.#error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? { kind: 'out-of-memory', stderr }
      : { kind: 'exit-code', code, stderr }
  }

  /** What it had sent before it ended is in the port by now, whether the event loop has come to it or not. */
  #receiveRest(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      this.#receive(received.message)
    }
  }
}

function piscinaOptions({ resourceLimits, env, execArgv, nice }: ThreadSettings): PiscinaOptions {
  return {
    minThreads: 0,
    maxThreads: 1,
    // Its other ways stop the event loop of a thread between tasks.
    atomics: 'disabled',
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
    niceIncrement: nice,
    ...(resourceLimits !== undefined && { resourceLimits }),
    ...(env !== undefined && { env: withoutBlanks({ ...process.env, ...env }) }),
    ...(execArgv !== undefined && { execArgv: [...execArgv] }),
  }
}

function withoutBlanks(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(entries)
}
