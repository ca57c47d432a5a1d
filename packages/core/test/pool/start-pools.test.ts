import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./programs/two-pools.ts', import.meta.url))

/** A program, and the lines that it prints. */
class Program {
  readonly lines: string[] = []
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #readers = new Set<() => void>()

  constructor(path: string) {
    this.#child = spawn(process.execPath, ['--conditions=@taskspace/source', path], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, FORCE_COLOR: '0' },
    })
    this.ended = new Promise((resolve) => this.#child.once('close', (code, signal) => resolve({ code, signal })))
    createInterface(this.#child.stdout).on('line', (line) => {
      this.lines.push(line)
      for (const look of this.#readers) look()
    })
  }

  /** Resolves when it has printed all of these. */
  printed(...wanted: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!wanted.every((line) => this.lines.includes(line))) return
        this.#readers.delete(look)
        resolve()
      }
      this.#readers.add(look)
      look()
    })
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

const programs: Program[] = []
const start = async () => {
  const program = new Program(PROGRAM)
  programs.push(program)
  await program.printed('polite job runs', 'stubborn job runs')
  return program
}

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.signal('SIGKILL')
    await program.ended
  }
})

describe('startPools', () => {
  it('lets jobs finish at SIGTERM, and gives all back at once at SIGINT after that [WQ-63, RW-53]', async () => {
    const program = await start()

    program.signal('SIGTERM')
    await program.printed('SIGTERM')
    program.tell('finish')
    await program.printed('polite job ends')
    program.signal('SIGINT')
    const end = await program.ended

    expect(end).toEqual({ code: 0, signal: null })
    expect(program.lines.slice(-4)).toEqual([
      'SIGINT',
      'work.polite success after 1 attempts',
      'work.stubborn enqueued after 0 attempts',
      'closed',
    ])
  })
})
