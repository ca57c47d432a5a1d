import { type ChildProcess, spawn } from 'node:child_process'

/** A server that a test started; it ends when it is stopped, and when the test's process ends, however that ends. */
export interface SupervisedProcess {
  /** Of the server itself. */
  readonly pid: number
  /** What it has written so far, both streams. */
  output(): string
  /** Send a signal to the server alone. */
  signal(signal: NodeJS.Signals): void
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** End it by SIGTERM; resolves when it has ended. Idempotent. */
  stop(): Promise<void>
}

/**
 * A shell starts the server, says its pid, and waits for the end of its own input: the pipe is closed by `stop`, and by
 * the system when the process at its other end is gone. The server gets no copy of that pipe.
 */
const SUPERVISE = `
"$@" </dev/null &
server=$!
echo "pid $server"
{ cat >/dev/null; kill -TERM "$server" 2>/dev/null; } <&3 &
wait "$server"
rm -rf "$FOLDER"
`

/** Start a server under supervision; its folder goes with it. @throws Error with its output if it does not run. */
export async function startSupervised(command: readonly string[], folder: string): Promise<SupervisedProcess> {
  const shell = spawn('/bin/sh', ['-c', SUPERVISE, 'supervise', ...command], {
    cwd: folder,
    env: { ...process.env, FOLDER: folder },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const written: string[] = []
  shell.stdout?.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  shell.stderr?.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  const ended = new Promise<void>((resolve, reject) => {
    shell.once('exit', () => resolve())
    shell.once('error', reject)
  })
  const pid = await pidOf(shell, written, ended)
  return new Supervised(pid, shell, written, ended)
}

class Supervised implements SupervisedProcess {
  readonly pid: number
  readonly ended: Promise<void>
  readonly #shell: ChildProcess
  readonly #written: readonly string[]

  constructor(pid: number, shell: ChildProcess, written: readonly string[], ended: Promise<void>) {
    this.pid = pid
    this.ended = ended
    this.#shell = shell
    this.#written = written
  }

  output(): string {
    return this.#written.join('')
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  async stop(): Promise<void> {
    // A server that was stopped by SIGSTOP hears nothing else.
    if (this.#shell.exitCode === null && this.#shell.signalCode === null) this.#continue()
    const [, , , leash] = this.#shell.stdio
    leash?.destroy()
    await this.ended
  }

  #continue(): void {
    try {
      this.signal('SIGCONT')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

async function pidOf(shell: ChildProcess, written: readonly string[], ended: Promise<void>): Promise<number> {
  const said = new Promise<number>((resolve) => {
    const look = (): void => {
      const found = /^pid (\d+)$/m.exec(written.join(''))
      if (found) resolve(Number(found[1]))
    }
    shell.stdout?.on('data', look)
  })
  const early = ended.then(() => {
    throw new Error(`could not be started:\n${written.join('')}`)
  })
  return Promise.race([said, early])
}
