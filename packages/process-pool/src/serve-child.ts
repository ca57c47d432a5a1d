import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { type FromWorker, serveWorker, type ToWorker, type WorkerChannel } from '@taskspace/core/pool'
import { BLACK_BOX_FD, CHANNEL_FD } from './descriptors.ts'
import { FrameReader, writeFrames } from './frames.ts'
import { Sandbox } from './sandbox.ts'

/** The child's end of the pipe to its parent. */
class PipeChannel implements WorkerChannel {
  readonly #socket = new Socket({ fd: CHANNEL_FD, readable: true, writable: true })
  readonly #number = Buffer.alloc(8)
  #reader: FrameReader<ToWorker> | undefined

  constructor() {
    this.#socket.on('data', (chunk) => this.#reader?.push(chunk))
    // The parent is gone, or wants nothing more of this process.
    this.#socket.on('end', () => process.exit())
    this.#socket.on('error', () => process.exit())
  }

  send(batch: readonly FromWorker[]): void {
    writeFrames(this.#socket, batch)
  }

  onMessages(listener: (batch: readonly ToWorker[]) => void): void {
    this.#reader = new FrameReader(listener)
  }

  begun(seq: number): void {
    this.#number.writeDoubleLE(seq, 0)
    writeSync(BLACK_BOX_FD, this.#number, 0, 8, 0)
  }

  onPause(listener: (paused: boolean) => void): void {
    process.on('SIGUSR2', () => listener(true))
    process.on('SIGCONT', () => listener(false))
  }

  onRetire(listener: () => void): void {
    process.on('SIGQUIT', listener)
  }

  memoryBytes(): number {
    return process.memoryUsage.rss()
  }

  leave(): void {
    this.#socket.end(() => process.exit(0))
  }
}

/** Run the jobs that the parent sends, in a folder of the child's own if there is one. */
export function serveChild(sandbox: string | undefined): void {
  serveWorker(new PipeChannel(), sandbox === undefined ? {} : new Sandbox(sandbox))
}
