import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FromWorker, Termination, ToWorker, WorkerExit, WorkerLink, WorkerUsage } from '@taskspace/core/pool'
import type { BlackBox } from './black-box.ts'
import { FrameReader, writeFrames } from './frames.ts'
import type { GroupUsage } from './group-usage.ts'
import { killGroup } from './kill-group.ts'
import type { CallAnswer, CallMessage } from './subprocess-messages.ts'

/** What V8 says on stderr when its heap is full. */
const HEAP_FULL = /heap out of memory|Reached heap limit/i

/** A child, and what belongs to it. */
export interface ChildParts {
  readonly child: ChildProcess
  readonly blackBox: BlackBox
  /** Folder to remove after its end. */
  readonly sandbox: string | undefined
  /** The last that it wrote to stderr. */
  readonly errorTail: () => string
  /** What groups of processes take. */
  readonly groups: GroupUsage
}

/** The parent's end of the pipe to a child. */
export class ChildLink implements WorkerLink {
  readonly exited: Promise<WorkerExit>
  readonly #child: ChildProcess
  readonly #pipe: Duplex | undefined
  readonly #blackBox: BlackBox
  readonly #sandbox: string | undefined
  readonly #groups: GroupUsage
  #lastBegun = 0
  #hasEnded = false
  #brokenPipe: string | undefined
  #closing: NodeJS.Timeout | undefined

  constructor({ child, blackBox, sandbox, errorTail, groups }: ChildParts) {
    this.#child = child
    this.#groups = groups
    this.#sandbox = sandbox
    this.#blackBox = blackBox
    this.#pipe = child.stdio[3] as Duplex | undefined
    this.exited = new Promise((resolve) => this.#watch(errorTail, resolve))
  }

  get label(): string {
    return `process ${this.#child.pid ?? '(none)'}`
  }

  send(batch: readonly (ToWorker | CallMessage)[]): void {
    if (!this.#hasEnded && this.#pipe?.writable === true) writeFrames(this.#pipe, batch)
  }

  onMessages(listener: (batch: readonly FromWorker[]) => void): void {
    this.#hear(new FrameReader(listener))
  }

  /** The same of a process that was sent a `CallMessage`. */
  onAnswer(listener: (batch: readonly CallAnswer[]) => void): void {
    this.#hear(new FrameReader(listener))
  }

  lastBegun(): number {
    return this.#hasEnded ? this.#lastBegun : this.#blackBox.read()
  }

  async stack(): Promise<string | undefined> {
    try {
      return await this.#askForStack()
    } catch {
      // The file cannot be written to, or a job has done so: it is not known.
      return undefined
    }
  }

  async usage(): Promise<WorkerUsage> {
    return this.#child.pid === undefined || this.#hasEnded ? {} : this.#groups.of(this.#child.pid)
  }

  terminate(how: Termination): void {
    if (this.#child.pid !== undefined && !this.#hasEnded)
      killGroup(this.#child.pid, how === 'ask' ? 'SIGTERM' : 'SIGKILL')
  }

  #hear(reader: { push(chunk: Buffer): void }): void {
    this.#pipe?.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk)
      } catch (error) {
        this.#break(`it sent what is no message (${String(error)})`)
      }
    })
  }

  async #askForStack(): Promise<string | undefined> {
    if (this.#hasEnded) return undefined
    const question = this.#blackBox.askForStack()
    for (let look = 0; look < STACK_LOOKS && !this.#hasEnded; look += 1) {
      const stack = this.#blackBox.stack(question)
      if (stack !== undefined) return stack
      await sleep(STACK_LOOK_MS)
    }
    return undefined
  }

  #watch(errorTail: () => string, resolve: (exit: WorkerExit) => void): void {
    const child = this.#child
    this.#pipe?.on('error', (error) => this.#break(error.message))
    this.#pipe?.on('close', () => this.#break('it closed its end'))
    child.on('error', (error) => {
      if (child.pid !== undefined) return
      this.#end()
      resolve({ kind: 'spawn-failed', detail: error.message })
    })
    child.on('exit', (code, signal) => {
      // What it had started belongs to its group, and must not outlive it nor keep its pipes open.
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL')
      const patience = setTimeout(() => this.#closePipes(), HELD_OPEN_MS)
      child.once('close', () => {
        clearTimeout(patience)
        this.#end()
        resolve(this.#exitOf(code, signal, errorTail()))
      })
    })
  }

  #end(): void {
    clearTimeout(this.#closing)
    this.#lastBegun = this.#blackBox.read()
    this.#hasEnded = true
    this.#blackBox.close()
    if (this.#sandbox !== undefined) rmSync(this.#sandbox, { recursive: true, force: true })
  }

  /** What left the group of the child may hold them open for ever. */
  #closePipes(): void {
    for (const pipe of this.#child.stdio) pipe?.destroy()
  }

  #break(reason: string): void {
    if (this.#hasEnded || this.#child.exitCode !== null || this.#child.signalCode !== null) return
    // A pipe closes a moment before the news of the exit come, which tell more.
    this.#closing ??= setTimeout(() => {
      this.#brokenPipe = reason
      this.terminate('force')
    }, CLOSED_MS)
  }

  #exitOf(code: number | null, signal: string | null, stderr: string): WorkerExit {
    if (HEAP_FULL.test(stderr)) return { kind: 'out-of-memory', stderr }
    const broken = this.#brokenPipe
    if (broken !== undefined && signal === 'SIGKILL') return { kind: 'channel-closed', detail: broken, stderr }
    return signal === null ? { kind: 'exit-code', code: code ?? 0, stderr } : { kind: 'signal', signal, stderr }
  }
}

/** How long the pipes of a process that has ended may stay open, in ms. */
const HELD_OPEN_MS = 300

/** How long a process may live on after its pipe was closed, in ms. */
const CLOSED_MS = 200

/** How often it is looked whether the watchdog has answered, in ms, and how many times. */
const STACK_LOOK_MS = 50
const STACK_LOOKS = 60
