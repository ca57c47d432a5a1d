import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { killAny } from './kill-any.ts'
import { markedProcesses } from './marked-processes.ts'

const OWNER = fileURLToPath(new URL('./owner.ts', import.meta.url))
const HOOKS = new URL('./scripts-as-text.mjs', import.meta.url).href
const ARGUMENTS = ['--conditions=@taskspace/source', `--import=${HOOKS}`, OWNER]
const MARK = 'TASKSPACE_SOAK_OWNER'

/** How long what an owner has started may live on when it was killed, in ms, before that counts as an orphan for good. */
const ORPHAN_MS = 10_000

/** One program that owns a pool, and what it has started. */
class Owner {
  readonly #mark = randomUUID()
  readonly #program: ChildProcess
  readonly #ended: Promise<void>
  /** Resolves when its pool takes jobs, or it has ended before. */
  readonly ready: Promise<void>
  #isReady = false

  constructor(kind: string, url: string) {
    this.#program = spawn(process.execPath, [...ARGUMENTS, kind, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FORCE_COLOR: '0', [MARK]: this.#mark },
    })
    this.#ended = new Promise((resolve) => this.#program.once('exit', () => resolve()))
    this.ready = new Promise((resolve) => {
      this.#program.stdout?.once('data', () => {
        this.#isReady = true
        resolve()
      })
      this.#program.once('exit', () => resolve())
    })
  }

  get processes(): readonly number[] {
    return markedProcesses(MARK, this.#mark)
  }

  /** None before its pool has started: that may fail when the first of them dies. */
  get children(): readonly number[] {
    return this.#isReady ? this.processes.filter((pid) => pid !== this.#program.pid) : []
  }

  /** Resolves when it and its children are gone, with how long the children took, in ms. */
  async kill(): Promise<number> {
    this.#program.kill('SIGKILL')
    await this.#ended
    const from = performance.now()
    while (this.processes.length > 0 && performance.now() - from < ORPHAN_MS) await sleep(10)
    return performance.now() - from
  }

  async stop(): Promise<void> {
    this.#program.kill('SIGTERM')
    await this.#ended
  }
}

/** Who owns the pools of a soak. */
export interface SoakOwners {
  /** Resolves when all of them take jobs. */
  ready(): Promise<void>
  /** Kill one of them at random, and start another; how long its children lived on, in ms. */
  killOne(): Promise<number>
  /** Kill a child of one of them, if there is any. */
  killChild(): boolean
  /** Let all of them end as they should; what is left of any of them then. */
  stop(): Promise<readonly number[]>
}

/** Programs that own pools of a kind, each started anew when it was killed. */
export class Owners implements SoakOwners {
  readonly #start: () => Owner
  readonly #owners: Owner[]
  readonly #all: Owner[] = []

  constructor(kind: string, url: string, count: number) {
    this.#start = () => {
      const owner = new Owner(kind, url)
      this.#all.push(owner)
      return owner
    }
    this.#owners = Array.from({ length: count }, this.#start)
  }

  async ready(): Promise<void> {
    await Promise.all(this.#owners.map((owner) => owner.ready))
  }

  async killOne(): Promise<number> {
    const index = Math.floor(Math.random() * this.#owners.length)
    const [killed] = this.#owners.splice(index, 1, this.#start())
    const orphanMs = (await killed?.kill()) ?? 0
    await this.ready()
    return orphanMs
  }

  killChild(): boolean {
    return killAny(this.#owners.flatMap((owner) => owner.children))
  }

  async stop(): Promise<readonly number[]> {
    await Promise.all(this.#owners.map((owner) => owner.stop()))
    return this.#all.flatMap((owner) => owner.processes)
  }
}
