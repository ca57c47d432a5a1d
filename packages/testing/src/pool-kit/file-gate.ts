import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../app/eventually.ts'

/** How often a task that waits looks whether it may go on, in ms. */
const LOOK_MS = 2

const OPEN = 'open'

/** A gate that works across threads and processes: a folder, whose path a task is given. */
export class FileGate {
  /** What to give the task. */
  readonly path: string
  readonly #patienceMs: number

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
    this.path = mkdtempSync(join(tmpdir(), 'taskspace-gate-'))
  }

  /** How many have come to the gate. */
  get arrivals(): number {
    return readdirSync(this.path).filter((name) => name !== OPEN).length
  }

  /** Resolves when that many have come, whether they have passed or not. */
  async reached(count = 1): Promise<void> {
    await eventually(() => this.arrivals >= count, { timeout: this.#patienceMs })
  }

  /** Let everybody pass, now and from now on. */
  open(): void {
    writeFileSync(join(this.path, OPEN), '')
  }

  /** Remove the folder; who still waits passes. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** For tasks: wait at a gate until it opens. @throws the reason of `signal` when that aborts. */
export async function passGate(path: string, signal?: AbortSignal): Promise<void> {
  writeFileSync(join(path, `arrival-${randomUUID()}`), '')
  while (existsSync(path) && !existsSync(join(path, OPEN))) {
    signal?.throwIfAborted()
    await sleep(LOOK_MS)
  }
}
